package io.ashlar.cluster.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills the process of a leader and starts the node again on the same data.
@Timeout(60)
class KilledNodeTest {
    private static final int TIMEOUT_MILLIS = 60_000;

    @TempDir
    Path temp;

    @Test
    void aKilledNodeLeadsAgainAtOnceThoughItsOldSessionLingers() throws Exception {
        var data = temp.resolve("data");
        var leaders = new TestNode.Leaders();
        try (var server = new TestServer(temp.resolve("server"))) {
            long term = leadAndDie(server.connect(), data);
            long began = System.nanoTime();
            var identity = new ClusterIdentityComponent(data.toString(), "n1");
            try (var again = new TestNode(server.connect(), TIMEOUT_MILLIS, identity, leaders)) {
                assertTrue(again.awaitTerm() > term);
                Await.until("it is the only member", () -> again.members().equals(List.of("n1")));
            }
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < TIMEOUT_MILLIS / 6, "took " + millis + " ms");
        }
        assertEquals(List.of(), leaders.wrong());
    }

    private static long leadAndDie(String connect, Path data) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Leader.class.getName(),
                        connect,
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            return Long.parseLong(out.readLine());
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /// What runs in the other process: leads until it is killed, and tells its term.
    static final class Leader {
        public static void main(String[] args) throws InterruptedException {
            var identity = new ClusterIdentityComponent(args[1], "n1");
            var node = new TestNode(args[0], TIMEOUT_MILLIS, identity, new TestNode.Leaders());
            System.out.println(node.awaitTerm());
            new CountDownLatch(1).await();
        }
    }
}
