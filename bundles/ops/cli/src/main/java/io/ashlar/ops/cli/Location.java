package io.ashlar.ops.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where a cluster is: its data directory, its address, its password.
///
/// The launcher writes `run/ashlar.pid` (who runs on the directory) and `run/ports`; the node writes
/// `secrets/admin.password` at its first start.
final class Location {

    /// Kind of the failure to find a password.
    static final String NO_PASSWORD = "NO_PASSWORD";

    private static final String DEFAULT_DATA = "runtime/data";
    private static final int DEFAULT_PORT = 8600;
    private static final int START_TICKS_FIELD_AFTER_NAME = 19;

    private final Path data;
    private final Optional<Path> passwordFile;
    private final Optional<String> givenPassword;
    private final Optional<String> givenUrl;

    private Location(
            Path data, Optional<Path> passwordFile, Optional<String> givenPassword, Optional<String> givenUrl) {
        this.data = data;
        this.passwordFile = passwordFile;
        this.givenPassword = givenPassword;
        this.givenUrl = givenUrl;
    }

    /// @param options what the command line says; it wins over the environment
    static Location of(Options options, Surroundings around) {
        var data = first(options.data(), variable(around, "ASHLAR_DATA"))
                .or(() -> Optional.ofNullable(around.property().apply("ashlar.data")))
                .orElse(DEFAULT_DATA);
        return new Location(
                Path.of(data).toAbsolutePath().normalize(),
                options.passwordFile().map(Path::of),
                variable(around, "ASHLAR_PASSWORD"),
                first(options.url(), variable(around, "ASHLAR_URL")));
    }

    /// What the command line says of it.
    record Options(Optional<String> data, Optional<String> passwordFile, Optional<String> url) {}

    private static Optional<String> first(Optional<String> one, Optional<String> other) {
        return one.isPresent() ? one : other;
    }

    private static Optional<String> variable(Surroundings around, String name) {
        return Optional.ofNullable(around.environment().apply(name)).filter(value -> !value.isEmpty());
    }

    Path data() {
        return data;
    }

    /// @return the address of the API's server, without a path
    URI url() {
        String text = givenUrl.orElseGet(() -> "http://127.0.0.1:" + port());
        try {
            var url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // told below, as any other text that is no address
        }
        throw Failure.usage("'" + text + "' is no address of a cluster", "write it like http://127.0.0.1:8600");
    }

    private int port() {
        String port = fields(data.resolve("run/ports")).getOrDefault("http", "");
        return port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : DEFAULT_PORT;
    }

    String password() {
        if (passwordFile.isPresent()) {
            return read(passwordFile.get());
        }
        return givenPassword.orElseGet(() -> read(passwordPath()));
    }

    /// @return where the generated password lies
    Path passwordPath() {
        return data.resolve("secrets/admin.password");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Failure(
                    Exit.REFUSED,
                    NO_PASSWORD,
                    "the password cannot be read from " + file,
                    "become the user who started the cluster, or name another file with --password-file");
        }
    }

    /// @throws Failure unless a cluster runs on the data directory; does nothing when neither address nor password come
    ///     from there
    void checkRunning() {
        boolean remote = givenUrl.isPresent() && (passwordFile.isPresent() || givenPassword.isPresent());
        if (!remote && !running()) {
            throw notRunning();
        }
    }

    Failure notRunning() {
        return Failure.unavailable("no cluster is running on " + data, "start it with: runtime/ashlar up");
    }

    /// Whether the process that took the directory still is the one that runs under its number.
    boolean running() {
        var fields = fields(data.resolve("run/ashlar.pid"));
        String pid = fields.getOrDefault("pid", "");
        if (!pid.matches("[0-9]{1,10}")) {
            return false;
        }
        return fields.getOrDefault("started", "").equals(startTicks(Path.of("/proc", pid, "stat")));
    }

    private static String startTicks(Path stat) {
        try {
            String text = Files.readString(stat);
            return text.substring(text.lastIndexOf(')') + 2).split(" ")[START_TICKS_FIELD_AFTER_NAME];
        } catch (IOException e) {
            return "none"; // no such process
        }
    }

    /// Lines of `name=value`; a file that is not there has none.
    private static Map<String, String> fields(Path file) {
        var fields = new HashMap<String, String>();
        if (Files.isReadable(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        fields.put(
                                line.substring(0, equals),
                                line.substring(equals + 1).strip());
                    }
                }
            } catch (IOException e) {
                throw Failure.unavailable("cannot read " + file + ": " + e.getMessage(), "see: runtime/ashlar logs");
            }
        }
        return fields;
    }
}
