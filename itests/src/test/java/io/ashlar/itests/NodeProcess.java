package io.ashlar.itests;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// A node in a process of its own, started by the launcher from the features of the checkout, on ports of its own.
final class NodeProcess implements AutoCloseable {

    private static final int HTTP_PORT = 8600;
    private static final Duration START_BOUND = Duration.ofSeconds(90);

    final Path data;
    final int portOffset;
    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    private NodeProcess(Path data, int portOffset) throws IOException {
        this.data = data;
        this.portOffset = portOffset;
        Files.createDirectories(data.resolve("deploy"));
        this.process = new ProcessBuilder(command(data, portOffset))
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("console.log").toFile())
                .start();
    }

    /// Starts and does not wait. All ports lie below those that the system hands out to clients (32768 and above), any
    /// of which may be in use at this moment.
    static NodeProcess launch(Path data) throws IOException {
        return new NodeProcess(data, ThreadLocalRandom.current().nextInt(9_000, 21_000));
    }

    /// Starts and waits until all bundles are started.
    static NodeProcess start(Path data) throws IOException, InterruptedException {
        var node = launch(data);
        node.await(() -> "the bundles", () -> node.console().contains("bundles started"));
        return node;
    }

    private static List<String> command(Path data, int portOffset) {
        var jars = new ArrayList<Path>(Tree.glob("runtime/launcher/target/io.ashlar.launcher-*.jar"));
        jars.addAll(Tree.glob("features/target/bundles/org.apache.felix.framework-*.jar"));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dleveldb.mmap=false",
                "-Djava.util.logging.config.file=" + Tree.ROOT.resolve("runtime/logging.properties"),
                "-Dlogback.configurationFile=" + Tree.ROOT.resolve("runtime/logback.xml"),
                "-Dashlar.home=" + Tree.ROOT,
                "-Dashlar.data=" + data,
                "-Dashlar.port.offset=" + portOffset,
                "-cp",
                String.join(":", jars.stream().map(Path::toString).toList()),
                "io.ashlar.launcher.Launcher");
    }

    /// What the process has said so far.
    String console() {
        return Tree.read(data.resolve("console.log"));
    }

    long pid() {
        return process.pid();
    }

    /// Asks without a password, or with the cluster's own when there is one.
    HttpResponse<String> get(String path, boolean withPassword) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (HTTP_PORT + portOffset) + path))
                .timeout(Duration.ofSeconds(20));
        if (withPassword) {
            request.header("Authorization", "Basic " + basic(password()));
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String password() {
        return Tree.read(data.resolve("secrets/admin.password")).strip();
    }

    private static String basic(String password) {
        return Base64.getEncoder().encodeToString(("admin:" + password).getBytes(StandardCharsets.UTF_8));
    }

    /// Waits, with a bound, until something is so; fails with what the node said if it never is or the node has ended.
    void await(Supplier<String> what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + START_BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError(
                        "waited in vain for " + what.get() + "; alive: " + process.isAlive() + "\n" + story());
            }
            process.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    /// Console and log, for messages.
    String story() {
        var log = data.resolve("log/ashlar.log");
        return console() + (Files.exists(log) ? Tree.read(log) : "");
    }

    /// Sends SIGTERM and waits for the end.
    ///
    /// @return the exit status
    int stop() throws InterruptedException {
        process.destroy();
        return awaitExit();
    }

    /// @return the exit status
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(START_BOUND.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the process does not end\n" + story());
        }
        return process.exitValue();
    }

    /// Lines of a file in `run`.
    List<String> run(String name) {
        return Arrays.asList(Tree.read(data.resolve("run").resolve(name)).split("\n"));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
