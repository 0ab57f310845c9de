package io.ashlar.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The whole node as users start it: wiring, login, life cycle. One start for all tests; the stop comes last.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeTest {

    private static final String CONSOLE = "/system/console/";

    /// In the console's `components.json`: name and state of each component configuration.
    private static final Pattern COMPONENT =
            Pattern.compile("\"name\":\"(io\\.ashlar\\.[^\"]+)\",\"state\":\"([^\"]+)\"");

    /// What waits for an operator: policies that are only there when configured.
    private static final Set<String> UNCONFIGURED = Set.of("io.ashlar.alloc.even.EvenPolicy no config");

    @TempDir
    private static Path data;

    private static NodeProcess node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = NodeProcess.start(data);
        node.await(() -> "the console's login", NodeTest::loginWorks);
    }

    @AfterAll
    static void end() {
        node.close();
    }

    @Test
    void everyBundleIsStarted() throws IOException, InterruptedException {
        assertFalse(node.console().contains("NOT started"), node::console);
        var bundles = node.get(CONSOLE + "bundles.json", true).body();
        assertTrue(bundles.contains("\"io.ashlar.access.nbd\""), bundles);
        var states = Pattern.compile("\"state\":\"([^\"]+)\"")
                .matcher(bundles)
                .results()
                .map(m -> m.group(1))
                .distinct();
        assertEquals(
                List.of(),
                states.filter(s -> !s.equals("Active") && !s.equals("Fragment")).toList(),
                bundles);
    }

    @Test
    void everyComponentIsSatisfied() throws InterruptedException {
        node.await(() -> "components " + unsatisfied(), () -> unsatisfied().isEmpty());
        assertTrue(components().size() > 10, "the list of components was not read: " + components());
    }

    @Test
    void theConsoleWantsThePassword() throws IOException, InterruptedException {
        assertEquals(401, node.get(CONSOLE + "bundles.json", false).statusCode());
        assertEquals(200, node.get(CONSOLE + "bundles.json", true).statusCode());
    }

    @Test
    void theRestApiWantsThePassword() throws IOException, InterruptedException {
        assertEquals(401, node.get("/api/v1/status", false).statusCode());
        assertEquals(200, node.get("/api/v1/status", true).statusCode());
    }

    @Test
    void secretsAreForTheirOwnerOnly() throws IOException {
        try (var files = Files.walk(data.resolve("secrets"))) {
            for (var file : files.toList()) {
                var permissions = Files.getPosixFilePermissions(file).toString();
                assertFalse(permissions.contains("GROUP") || permissions.contains("OTHERS"), file + ": " + permissions);
            }
        }
    }

    @Test
    void aSecondProcessOnTheSameDataIsRefusedByName() throws IOException, InterruptedException {
        var log = Files.readString(data.resolve("console.log"));
        var second = data.resolveSibling(data.getFileName() + "-second.log");
        var process = new ProcessBuilder(
                        ProcessHandle.of(node.pid())
                                .orElseThrow()
                                .info()
                                .command()
                                .orElseThrow(),
                        "-cp",
                        classPath(),
                        "-Dashlar.home=" + Tree.ROOT,
                        "-Dashlar.data=" + data,
                        "io.ashlar.launcher.Launcher")
                .redirectErrorStream(true)
                .redirectOutput(second.toFile())
                .start();
        assertEquals(1, process.waitFor());
        assertTrue(Files.readString(second).contains("in use by process " + node.pid()), Files.readString(second));
        assertEquals(log, Files.readString(data.resolve("console.log")));
        Files.delete(second);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aPoliteStopIsOrderlyAndLeavesNoPid() throws InterruptedException {
        assertTrue(node.run("ashlar.pid").contains("pid=" + node.pid()));
        assertEquals(0, node.stop(), node::story);
        assertTrue(node.console().contains("ashlar: stopped"), node::console);
        assertFalse(Files.exists(data.resolve("run/ashlar.pid")));
    }

    private static String classPath() {
        return Tree.glob("runtime/launcher/target/io.ashlar.launcher-*.jar").getFirst() + ":"
                + Tree.glob("features/target/bundles/org.apache.felix.framework-*.jar")
                        .getFirst();
    }

    private static boolean loginWorks() {
        try {
            return Files.exists(data.resolve("secrets/admin.password"))
                    && node.get(CONSOLE + "bundles.json", true).statusCode() == 200;
        } catch (ConnectException e) {
            return false;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(node.story(), e);
        }
    }

    private static List<String> components() {
        try {
            return COMPONENT
                    .matcher(node.get(CONSOLE + "components.json", true).body())
                    .results()
                    .map(m -> m.group(1) + " " + m.group(2))
                    .toList();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> unsatisfied() {
        return components().stream()
                .filter(c -> !c.endsWith(" active") && !c.endsWith(" satisfied") && !UNCONFIGURED.contains(c))
                .toList();
    }
}
