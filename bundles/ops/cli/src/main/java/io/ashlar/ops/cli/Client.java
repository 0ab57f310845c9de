package io.ashlar.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/// Talks to the cluster's REST API. `HttpURLConnection` since it is up in 30 ms where the newer client takes 200.
final class Client {

    private static final int CONNECT_MILLIS = 3_000;
    private static final int READ_MILLIS = 60_000;
    private static final int MAX_ANSWER_BYTES = 256 * 1024 * 1024;
    private static final int FIRST_ERROR = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int UNAVAILABLE = 503;
    private static final String BASE = "/api/v1";

    static {
        System.setProperty("sun.net.http.retryPost", "false"); // a change is never sent twice behind our back
    }

    private final Location location;

    Client(Location location) {
        this.location = location;
    }

    Tree get(String path) {
        return send("GET", path, null, READ_MILLIS);
    }

    Tree post(String path, Object body) {
        return send("POST", path, body, READ_MILLIS);
    }

    /// For what takes as long as it takes.
    Tree postLong(String path, Object body) {
        return send("POST", path, body, 0);
    }

    Tree delete(String path) {
        return send("DELETE", path, null, READ_MILLIS);
    }

    static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// @param readMillis 0 waits without end
    private Tree send(String method, String path, Object body, int readMillis) {
        location.checkRunning();
        var url = URI.create(location.url() + BASE + path);
        try {
            var connection = (HttpURLConnection) url.toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(readMillis);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestProperty("Authorization", authorization());
            connection.setRequestProperty("Accept", "application/json");
            if (!method.equals("GET")) {
                connection.setRequestProperty("Content-Type", "application/json");
            }
            if (body != null) {
                connection.setDoOutput(true);
                try (var out = connection.getOutputStream()) {
                    out.write(JsonText.compact(body).getBytes(StandardCharsets.UTF_8));
                }
            }
            return answer(connection);
        } catch (ConnectException e) {
            throw location.running()
                    ? Failure.unavailable("the cluster on " + location.data() + " does not answer yet", "try again")
                    : location.notRunning();
        } catch (SocketTimeoutException e) {
            throw Failure.unavailable(
                    "no answer from " + location.url() + " in time",
                    "look whether it was done; see: runtime/ashlar logs");
        } catch (IOException e) {
            throw Failure.unavailable(
                    "the connection to " + location.url() + " broke: " + e.getMessage(), "see: runtime/ashlar logs");
        }
    }

    private String authorization() {
        return "Basic "
                + Base64.getEncoder().encodeToString(("admin:" + location.password()).getBytes(StandardCharsets.UTF_8));
    }

    private Tree answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        byte[] bytes;
        try (InputStream in = status < FIRST_ERROR ? connection.getInputStream() : connection.getErrorStream()) {
            bytes = in == null ? new byte[0] : in.readNBytes(MAX_ANSWER_BYTES);
        }
        Tree tree = tree(bytes);
        if (status < FIRST_ERROR && tree != null) {
            return tree;
        }
        var error = tree == null ? Tree.of(null) : tree.tree("error");
        if (error.text("what").isEmpty()) {
            throw Failure.unavailable(
                    location.url() + " answers with status " + status + ", which is no answer of a cluster",
                    "the cluster is starting, or another program has this port; try again");
        }
        int exit = status == UNAVAILABLE ? Exit.UNAVAILABLE : Exit.REFUSED;
        String remedy = status == UNAUTHORIZED
                ? "the password of this cluster is in " + location.passwordPath()
                : error.text("remedy");
        throw new Failure(exit, error.text("kind"), error.text("what"), remedy);
    }

    /// @return null when it is no JSON object
    private static Tree tree(byte[] bytes) {
        try {
            return JsonText.parse(bytes) instanceof Map<?, ?> map ? new Tree(map) : null;
        } catch (IOException e) {
            return null; // a page of some other server
        }
    }
}
