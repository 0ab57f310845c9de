package io.ashlar.ops.rest;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Web face of [Api]: turns servlet requests into plain ones and back, nothing else.
@Component(
        service = Servlet.class,
        property = {"osgi.http.whiteboard.servlet.pattern=/api/*", "osgi.http.whiteboard.servlet.name=ashlar-rest"})
@Requirement(namespace = "osgi.implementation", name = "osgi.http", version = "2.0")
public final class RestServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(RestServlet.class);

    private static final int MAX_PARAMETERS = 20;

    private final transient Api api;

    @Activate
    public RestServlet(@Reference(name = "parts") Parts parts) {
        api = new Api(parts);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        Response answer;
        try {
            answer = api.handle(plain(request));
        } catch (Refused e) {
            answer = e.response();
        } catch (UncheckedIOException e) {
            LOG.debug("a body broke off", e);
            answer = Problems.response(
                    Problems.REQUEST_TIMEOUT, "INVALID", "the body did not come to its end", "send the request again");
        }
        try {
            send(answer, response);
        } catch (IOException e) {
            LOG.debug("a client went away before its answer", e); // its own affair, however many do so
        }
    }

    private static void send(Response answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setContentType("application/json");
        response.setContentLength(answer.body().length);
        response.getOutputStream().write(answer.body());
    }

    private static Request plain(HttpServletRequest request) {
        return new Request(
                request.getMethod(),
                request.getRequestURI(),
                query(request.getQueryString()),
                Objects.requireNonNullElse(request.getContentType(), ""),
                Objects.requireNonNullElse(request.getHeader("Authorization"), ""),
                Objects.requireNonNullElse(request.getRemoteAddr(), ""),
                () -> body(request));
    }

    /// At most one byte more than allowed is ever read.
    private static byte[] body(HttpServletRequest request) {
        byte[] body = null;
        try {
            if (request.getContentLengthLong() <= Api.MAX_BODY_BYTES) {
                body = request.getInputStream().readNBytes(Api.MAX_BODY_BYTES + 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (body == null || body.length > Api.MAX_BODY_BYTES) {
            throw new Refused(
                    Problems.TOO_LARGE,
                    "TOO_LARGE",
                    "the body is larger than " + Api.MAX_BODY_BYTES + " bytes",
                    "no call needs that much");
        }
        return body;
    }

    static Map<String, String> query(String text) {
        var parameters = new HashMap<String, String>();
        if (text == null || text.isEmpty()) {
            return parameters;
        }
        var pairs = text.split("&");
        if (pairs.length > MAX_PARAMETERS) {
            throw Refused.invalid("the query has " + pairs.length + " parameters", "no call needs that many");
        }
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            parameters.putIfAbsent(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refused.invalid("the query is badly encoded", "percent-encode UTF-8");
        }
    }
}
