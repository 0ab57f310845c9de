package io.ashlar.ops.rest;

import io.ashlar.base.ObjectName;
import io.ashlar.base.StorageException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The API without the web server: a request in, a response out.
///
/// **Thread:** any; blocks as long as the managers do. At most [#MAX_CONCURRENT] requests are worked on at a time, more
/// are told to come again.
public final class Api {

    /// Prefix of every path.
    public static final String BASE = "/api/v1";

    /// Longer bodies are refused before they are read.
    public static final int MAX_BODY_BYTES = 1024 * 1024;

    static final int MAX_CONCURRENT = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final Set<String> CHANGING = Set.of("POST", "PUT", "PATCH", "DELETE");
    private static final long WRONG_PASSWORD_MILLIS = 500;

    private final Parts parts;
    private final LoginGuard logins;
    private final List<Route> routes;
    private final Semaphore working = new Semaphore(MAX_CONCURRENT);

    /// @param parts asked anew for every request
    public Api(Parts parts) {
        this(parts, () -> Thread.sleep(WRONG_PASSWORD_MILLIS));
    }

    Api(Parts parts, LoginGuard.Delay delay) {
        this.parts = parts;
        this.logins = new LoginGuard(delay);
        var all = new ArrayList<Route>();
        all.add(new Route("GET", "/openapi.json", true, _ -> OpenApi.response()));
        all.addAll(new ClusterRoutes(parts).routes());
        all.addAll(new PoolRoutes(parts).routes());
        all.addAll(new VolumeRoutes(parts).routes());
        all.addAll(new ChunkRoutes(parts).routes());
        all.addAll(new TopologyRoutes(parts).routes());
        routes = List.copyOf(all);
    }

    List<Route> routes() {
        return routes;
    }

    /// @throws UncheckedIOException when the body cannot be read to its end; nothing else that a client can send is
    ///     thrown
    public Response handle(Request request) {
        try {
            return answer(request).with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff");
        } catch (Refused e) {
            return e.response();
        } catch (StorageException e) {
            LOG.warn("{} {}: {}", request.method(), ObjectName.printable(request.path()), e.toString());
            return Problems.of(e);
        } catch (UncheckedIOException e) {
            throw e; // nobody is left to answer to
        } catch (RuntimeException e) { // a bug: the request fails, the server goes on
            LOG.error("{} {} failed", request.method(), ObjectName.printable(request.path()), e);
            return Problems.response(
                    Problems.INTERNAL_ERROR,
                    "FAILED",
                    "the request failed in an unexpected way",
                    "the reason is in the log: runtime/ashlar logs");
        }
    }

    private Response answer(Request request) {
        if (!request.path().startsWith(BASE + "/")) {
            authorize(request);
            throw Refused.notFound("there is nothing at this path", "the API is at " + BASE + "/openapi.json");
        }
        var path = Paths.split(request.path().substring(BASE.length()));
        var allowed = new TreeSet<String>();
        for (var route : routes) {
            var variables = route.match(path);
            if (variables != null) {
                if (route.method().equals(request.method())) {
                    return call(route, new Route.Call(request, variables));
                }
                allowed.add(route.method());
            }
        }
        authorize(request);
        if (allowed.isEmpty()) {
            throw Refused.notFound(
                    "there is nothing at this path", "the paths are listed in " + BASE + "/openapi.json");
        }
        String methods = String.join(", ", allowed);
        throw new Refused(
                Problems.METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                "the method is not allowed here",
                "use " + methods,
                Map.of("Allow", methods));
    }

    private Response call(Route route, Route.Call call) {
        if (!route.open()) {
            authorize(call.request());
        }
        if (CHANGING.contains(route.method()) && !isJson(call.request().contentType())) {
            throw new Refused(
                    Problems.UNSUPPORTED_MEDIA_TYPE,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "a change needs the header Content-Type: application/json",
                    "send that header");
        }
        if (!working.tryAcquire()) {
            throw Refused.unavailable("too many requests at a time", "try again in a moment");
        }
        try {
            return route.handler().handle(call);
        } finally {
            working.release();
        }
    }

    private void authorize(Request request) {
        var identity = parts.identity()
                .orElseThrow(() -> Refused.unavailable("nobody can log in yet", "the cluster is starting; try again"));
        logins.admit(request.authorization(), identity);
    }

    /// Browsers send this type across sites only after asking, so that a foreign page cannot use the administrator's
    /// login.
    private static boolean isJson(String contentType) {
        return contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
    }
}
