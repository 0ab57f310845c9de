package io.ashlar.cluster.embedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@SuppressWarnings("try") // closing a ZooKeeper client may be interrupted; a test need not care
class EmbeddedServerTest {
    private static final String LOOPBACK = "127.0.0.1";

    @TempDir
    Path directory;

    @Test
    void whatIsWrittenSurvivesARestart() throws Exception {
        try (var server = EmbeddedServer.start(directory, LOOPBACK, 0);
                var client = connect(server.port())) {
            client.create("/a", new byte[] {7}, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }
        try (var server = EmbeddedServer.start(directory, LOOPBACK, 0);
                var client = connect(server.port())) {
            assertArrayEquals(new byte[] {7}, client.getData("/a", false, null));
        }
    }

    @Test
    void itStartsAndStopsQuickly() {
        EmbeddedServer.start(directory, LOOPBACK, 0).close(); // loads the classes
        long began = System.nanoTime();
        var server = EmbeddedServer.start(directory, LOOPBACK, 0);
        long started = System.nanoTime();
        server.close();
        long closed = System.nanoTime();
        assertTrue(
                started - began < TimeUnit.SECONDS.toNanos(1),
                "started after " + (started - began) / 1_000_000 + " ms");
        assertTrue(
                closed - started < TimeUnit.SECONDS.toNanos(2),
                "closed after " + (closed - started) / 1_000_000 + " ms");
    }

    @Test
    void aPortInUseIsNamedWithItsSetting() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var refusal = assertThrows(
                    StorageException.Unavailable.class,
                    () -> EmbeddedServer.start(directory, LOOPBACK, other.getLocalPort()));
            assertTrue(refusal.getMessage().contains(":" + other.getLocalPort()), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("clientPort"), refusal.getMessage());
        }
        EmbeddedServer.start(directory, LOOPBACK, 0).close(); // the failed start holds nothing
    }

    @Test
    void aDirectoryBelongsToOneServer() {
        try (var first = EmbeddedServer.start(directory, LOOPBACK, 0)) {
            var refusal = assertThrows(
                    StorageException.Unavailable.class, () -> EmbeddedServer.start(directory, LOOPBACK, 0));
            assertTrue(refusal.getMessage().contains("dataDir"), refusal.getMessage());
            assertTrue(first.port() > 0);
        }
    }

    @Test
    void onlyTheOwnerCanReadItsDirectory() throws IOException {
        var data = directory.resolve("new");
        EmbeddedServer.start(data, LOOPBACK, 0).close();
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
    }

    @Test
    void garbageOnThePortHarmsNobody() throws Exception {
        var random = new Random(7);
        try (var server = EmbeddedServer.start(directory, LOOPBACK, 0);
                var client = connect(server.port())) {
            for (int i = 0; i < 60; i++) {
                try (var socket = new Socket(LOOPBACK, server.port())) {
                    var bytes = new byte[1 + random.nextInt(20_000)];
                    random.nextBytes(bytes);
                    socket.getOutputStream().write(bytes);
                } catch (IOException e) {
                    // the server closes such a connection whenever it likes
                }
            }
            client.create("/alive", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            try (var another = connect(server.port())) {
                another.getData("/alive", false, null);
            }
        }
    }

    @Test
    void administrativeCommandsAreNotAnswered() throws Exception {
        try (var server = EmbeddedServer.start(directory, LOOPBACK, 0);
                var socket = new Socket(LOOPBACK, server.port())) {
            socket.getOutputStream().write("envi".getBytes());
            var answer = new String(socket.getInputStream().readAllBytes());
            assertTrue(answer.contains("not executed"), answer);
        }
    }

    @Test
    void aNodeOfAnotherIsRefusedByItsAccessList() throws Exception {
        try (var server = EmbeddedServer.start(directory, LOOPBACK, 0);
                var owner = connect(server.port());
                var other = connect(server.port())) {
            owner.addAuthInfo("digest", "ashlar:secret".getBytes());
            owner.create("/mine", new byte[0], ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
            other.addAuthInfo("digest", "ashlar:guess".getBytes());
            assertThrows(KeeperException.NoAuthException.class, () -> other.setData("/mine", new byte[1], -1));
        }
    }

    @Test
    void noThreadIsLeftBehind() {
        var before = Thread.getAllStackTraces().keySet();
        EmbeddedServer.start(directory, LOOPBACK, 0).close();
        var left = new ArrayList<>(Thread.getAllStackTraces().keySet());
        left.removeAll(before);
        left.forEach(EmbeddedServerTest::awaitEnd);
        left.removeIf(thread -> !thread.isAlive());
        assertTrue(left.isEmpty(), left::toString);
    }

    private static void awaitEnd(Thread thread) {
        try {
            thread.join(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ZooKeeper connect(int port) throws IOException, InterruptedException {
        var connected = new CountDownLatch(1);
        var client = new ZooKeeper(LOOPBACK + ":" + port, 10_000, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        assertTrue(connected.await(10, TimeUnit.SECONDS), "no connection");
        return client;
    }
}
