package io.ashlar.ops.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.ops.rest.FakeWorld;
import io.ashlar.ops.rest.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// The real API over fakes, behind a small web server on a free port of loopback, with a data directory as a launcher
/// leaves it.
final class HttpWorld implements AutoCloseable {

    final FakeWorld cluster = new FakeWorld();
    final Path data;
    private final HttpServer server;

    /// What one command left behind.
    record Ran(int exit, String out, String err) {}

    HttpWorld(Path data) throws IOException {
        this.data = data;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
        write("secrets/admin.password", FakeWorld.PASSWORD + "\n");
        write("run/ports", "http=" + server.getAddress().getPort() + "\nnbd=10809\n");
        var self = ProcessIdentity.self();
        write(
                "run/ashlar.pid",
                "boot=" + self.bootId() + "\npid=" + self.pid() + "\nstarted=" + self.startTicks() + "\n");
    }

    void write(String name, String text) {
        try {
            var file = data.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Runs a command on this world's data directory.
    Ran run(String... arguments) {
        return run(Map.of("ASHLAR_DATA", data.toString()), arguments);
    }

    static Ran run(Map<String, String> environment, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.run(
                new Surroundings(environment::get, _ -> null, new PrintWriter(out), new PrintWriter(err)), arguments);
        return new Ran(exit, out.toString(), err.toString());
    }

    private void serve(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var headers = exchange.getRequestHeaders();
        byte[] body = exchange.getRequestBody().readAllBytes();
        var answer = cluster.api()
                .handle(new Request(
                        exchange.getRequestMethod(),
                        uri.getRawPath(),
                        query(uri.getRawQuery()),
                        Objects.requireNonNullElse(headers.getFirst("Content-Type"), ""),
                        Objects.requireNonNullElse(headers.getFirst("Authorization"), ""),
                        "127.0.0.1",
                        () -> body));
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
        exchange.close();
    }

    private static Map<String, String> query(String raw) {
        var query = new HashMap<String, String>();
        for (String pair : Objects.requireNonNullElse(raw, "").split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    /// The web server goes, as when the process dies.
    @Override
    public void close() {
        server.stop(0);
    }
}
