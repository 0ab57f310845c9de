package io.ashlar.ops.console;

import io.ashlar.base.ObjectName;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.ops.console.Doorkeeper.Headers;
import io.ashlar.ops.console.Doorkeeper.Verdict;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.felix.webconsole.spi.SecurityProvider;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets the cluster's administrator into the Web Console, and nobody else.
///
/// The framework property `felix.webconsole.security.providers` must name [#ID]: the console then does not open before
/// this service is there, closes when it goes, and never accepts its own built-in password.
@Component(service = SecurityProvider.class, property = SecurityProvider.PROPERTY_ID + "=" + ConsoleLogin.ID)
public final class ConsoleLogin implements SecurityProvider {

    static final String ID = "ashlar";

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleLogin.class);

    /// The console's own name for its realm: its logout works only with the same.
    private static final String REALM = "OSGi Management Console";

    // what the specification of the HTTP whiteboard calls these attributes
    private static final String AUTHENTICATION_TYPE = "org.osgi.service.http.authentication.type";
    private static final String REMOTE_USER = "org.osgi.service.http.authentication.remote.user";

    private static final String ADMIN = "admin";
    private static final long WRONG_PASSWORD_MILLIS = 500;

    /// Wrong guesses that are held back at a time; more are answered at once, and refused, or they would use up all
    /// threads.
    private static final int MAX_HELD_BACK = 4;

    private static final int TOO_MANY_REQUESTS = 429;

    private final Doorkeeper doorkeeper;
    private final long wrongPasswordMillis;
    private final Semaphore heldBack = new Semaphore(MAX_HELD_BACK);

    @Activate
    public ConsoleLogin(@Reference(name = "identity") ClusterIdentity identity) {
        this(identity, WRONG_PASSWORD_MILLIS);
    }

    ConsoleLogin(ClusterIdentity identity, long wrongPasswordMillis) {
        this.doorkeeper = new Doorkeeper(identity);
        this.wrongPasswordMillis = wrongPasswordMillis;
    }

    @Override
    public Object authenticate(HttpServletRequest request, HttpServletResponse response) {
        var verdict = doorkeeper.decide(new Headers(
                request.getMethod(),
                header(request, "Authorization"),
                header(request, "Host"),
                header(request, "Origin"),
                header(request, "Sec-Fetch-Site")));
        if (verdict == Verdict.WELCOME) {
            request.setAttribute(AUTHENTICATION_TYPE, HttpServletRequest.BASIC_AUTH);
            request.setAttribute(REMOTE_USER, ADMIN);
            return ADMIN;
        }
        turnAway(verdict, request, response);
        return null;
    }

    private void turnAway(Verdict verdict, HttpServletRequest request, HttpServletResponse response) {
        int status = HttpServletResponse.SC_UNAUTHORIZED;
        if (verdict == Verdict.FOREIGN) {
            LOG.warn("console: a page of {} tried to make a change", ObjectName.printable(header(request, "Origin")));
            status = HttpServletResponse.SC_FORBIDDEN;
        } else if (verdict == Verdict.WRONG) {
            status = holdBack(request) ? status : TOO_MANY_REQUESTS;
        }
        if (status == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Basic realm=\"" + REALM + "\", charset=\"UTF-8\"");
        }
        response.setStatus(status);
        response.setContentLength(0);
        try {
            response.flushBuffer();
        } catch (IOException e) {
            LOG.debug("a client of the console has gone before its answer", e);
        }
    }

    /// @return false when too many are held back already
    private boolean holdBack(HttpServletRequest request) {
        if (!heldBack.tryAcquire()) {
            return false; // not logged either, or a flood of guesses becomes a flood of lines
        }
        try {
            LOG.warn("console: wrong password from {}", request.getRemoteAddr());
            TimeUnit.MILLISECONDS.sleep(wrongPasswordMillis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            heldBack.release();
        }
        return true;
    }

    private static String header(HttpServletRequest request, String name) {
        return Objects.requireNonNullElse(request.getHeader(name), "");
    }

    /// There is one user, who may do everything.
    @Override
    public boolean authorize(Object user, String role) {
        return ADMIN.equals(user);
    }

    /// The console itself makes the browser forget a Basic login.
    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response) {
        // nothing is kept here
    }
}
