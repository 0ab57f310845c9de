package io.ashlar.cluster.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ProcessIdentity;
import io.ashlar.cluster.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The whole of it, against a real server.
@Timeout(90)
class CoordinatorTest {
    /// For what waits until a session expires.
    private static final int SHORT_TIMEOUT_MILLIS = 1_500;
    /// For all else: a busy machine must not expire a session that a test counts on.
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LONG_TIMEOUT_MILLIS = 40_000;

    @TempDir
    Path temp;

    private final TestNode.Leaders leaders = new TestNode.Leaders();
    private final List<AutoCloseable> open = new ArrayList<>();
    private TestServer server;

    @BeforeEach
    void startServer() {
        server = new TestServer(temp.resolve("server"));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var one : open.reversed()) {
            one.close();
        }
        server.close();
        assertEquals(List.of(), leaders.wrong(), "two leaders at a time, or terms that did not grow");
    }

    @Test
    void aLoneNodeIsMemberAndLeaderWithASession() {
        var node = node("n1");
        assertEquals(1, node.awaitTerm());
        Await.until("it is shown as a member", () -> node.members().equals(List.of("n1")));
        assertTrue(node.session().connected());
    }

    @Test
    void ofTwoNodesOneLeadsAndTheOtherFollowsWhenItLeaves() {
        var first = node("n1");
        long term = first.awaitTerm();
        var second = node("n2");
        Await.until(
                "both see both",
                () -> first.members().equals(List.of("n1", "n2"))
                        && second.members().equals(first.members()));
        assertFalse(second.leads());

        close(first);
        assertTrue(first.services().isEmpty(), "services left: " + first.services());
        assertTrue(second.awaitTerm() > term);
        Await.until("the first is gone", () -> second.members().equals(List.of("n2")));
    }

    @Test
    void aLeaderThatHearsNothingStopsBeforeAnotherTakesOver() throws Exception {
        try (var link = new FrozenLink(server.port())) {
            var cut = node("n1", link.connect(), SHORT_TIMEOUT_MILLIS);
            cut.awaitTerm();
            var old = cut.leadership();
            var other = node("n2");
            Await.until("the other has joined", () -> other.members().size() == 2);

            link.freeze();
            Await.until("the old leader stops by its own clock", () -> !old.valid());
            assertFalse(other.leads(), "the other led already");
            Await.until("its service is withdrawn", () -> cut.leadership() == null);
            assertTrue(other.awaitTerm() > old.term());

            link.thaw();
            Await.until(
                    "the cut node is back", () -> other.members().equals(List.of("n1", "n2")) && cut.session() != null);
            assertFalse(old.valid());
            Await.until("somebody leads", () -> other.leads() || cut.leads());
            close(cut);
        }
    }

    @Test
    void anExpiredSessionIsReplacedByANewOne() throws Exception {
        var node = node("n1", server.connect(), SHORT_TIMEOUT_MILLIS);
        long term = node.awaitTerm();
        var session = node.session();
        var old = node.leadership();
        node.coordinator()
                .client()
                .getZookeeperClient()
                .getZooKeeper()
                .getTestable()
                .injectSessionExpiration();
        Await.until("a new session", () -> node.session() != null && node.session() != session);
        assertNotEquals(session.sessionId(), node.session().sessionId());
        assertFalse(old.valid());
        assertTrue(node.awaitTerm() > term);
        Await.until("it is a member again", () -> node.members().equals(List.of("n1")));
    }

    @Test
    void termsGrowOverARestartOfTheServer() {
        var node = node("n1", server.connect(), SHORT_TIMEOUT_MILLIS);
        long term = node.awaitTerm();
        var old = node.leadership();
        server.stop();
        Await.until("it stops leading without the server", () -> !old.valid() && node.leadership() == null);
        server.start();
        assertTrue(node.awaitTerm() > term);
        Await.until("it is a member again", () -> node.members().equals(List.of("n1")));
    }

    @Test
    void aShortRestartOfTheServerCostsNothing() {
        var node = node("n1", server.connect(), LONG_TIMEOUT_MILLIS);
        node.awaitTerm();
        var leadership = node.leadership();
        var session = node.session();
        server.stop();
        Await.until("the loss is noticed", () -> !session.connected());
        server.start();
        Await.until("it is connected again", session::connected);
        assertTrue(leadership.valid());
        assertEquals(leadership, node.leadership());
        assertEquals(session, node.session());
    }

    @Test
    void aNodeComesUpBeforeTheServerAndFindsItLater() {
        server.stop();
        var node = node("n1");
        assertTrue(node.services().isEmpty());
        server.start();
        node.awaitTerm();
    }

    @Test
    void aDeadProcessOfThisMachineIsNotWaitedFor() throws Exception {
        var first = node("n1", server.connect(), LONG_TIMEOUT_MILLIS);
        first.awaitTerm();
        close(first);
        var self = ProcessIdentity.self();
        var dead = new Member(
                "n1",
                new ProcessIdentity(self.machineId(), self.bootId(), self.pid(), self.startTicks() - 1),
                "127.0.0.1",
                List.of());
        var ghost = client(credential("n1"), LONG_TIMEOUT_MILLIS);
        ghost.create(
                ClusterTree.memberPath("n1"),
                MemberText.encode(dead),
                ZooDefs.Ids.CREATOR_ALL_ACL,
                CreateMode.EPHEMERAL);
        var candidate = ghost.create(
                ClusterTree.CANDIDATES + "/latch-",
                MemberText.encode(dead),
                ZooDefs.Ids.CREATOR_ALL_ACL,
                CreateMode.EPHEMERAL_SEQUENTIAL);

        long began = System.nanoTime();
        node("n1", server.connect(), LONG_TIMEOUT_MILLIS).awaitTerm();
        long millis = (System.nanoTime() - began) / 1_000_000;
        assertTrue(millis < 2_000, "took " + millis + " ms");
        assertEquals(null, ghost.exists(candidate, false));
    }

    @Test
    void aLivingProcessOfTheSameNameIsWaitedFor() {
        var first = node("n1");
        first.awaitTerm();
        var second = node("n1");
        Await.until(
                "the second says why it waits",
                () -> second.coordinator().complaint().contains("in use by process"));
        assertTrue(first.leads());
        assertTrue(second.services().isEmpty());
        close(first);
        second.awaitTerm();
    }

    @Test
    void aMemberThatSomebodyRemovedRegistersAgainWhetherItLeadsOrNot() throws Exception {
        var one = node("n1");
        one.awaitTerm();
        var two = node("n2");
        Await.until("both are members", () -> one.members().size() == 2);
        var admin = client(credential("n1"), TIMEOUT_MILLIS);
        for (var path : List.of(ClusterTree.memberPath("n1"), ClusterTree.memberPath("n2"))) {
            long made = admin.exists(path, false).getCzxid();
            admin.delete(path, -1);
            Await.until(path + " is made again", () -> madeAt(admin, path) > made);
        }
        Await.until(
                "both are members",
                () -> one.members().size() == 2 && two.members().size() == 2);
        assertTrue(one.leads(), "being a member again costs no leadership");
    }

    private static long madeAt(ZooKeeper admin, String path) {
        try {
            var stat = admin.exists(path, false);
            return stat == null ? -1 : stat.getCzxid();
        } catch (KeeperException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLeaderWhoseCandidacySomebodyRemovedStops() throws Exception {
        var node = node("n1");
        long term = node.awaitTerm();
        var old = node.leadership();
        var admin = client(credential("n1"), TIMEOUT_MILLIS);
        for (var candidate : admin.getChildren(ClusterTree.CANDIDATES, false)) {
            admin.delete(ClusterTree.CANDIDATES + "/" + candidate, -1);
        }
        Await.until("it stops", () -> !old.valid());
        Await.until("it leads anew", () -> node.leads() && node.leadership().term() > term);
    }

    @Test
    void theCoordinatorOfAnotherClusterIsRefused() throws IOException {
        node("n1").awaitTerm();
        identity("n2");
        Files.writeString(temp.resolve("data-n2/secrets/cluster.uuid"), "00000000-0000-0000-0000-000000000001");
        var otherUuid = new ClusterIdentityComponent(temp.resolve("data-n2").toString(), "n2");
        var stranger = node(otherUuid, server.connect(), TIMEOUT_MILLIS);
        Await.until(
                "the uuid is refused", () -> stranger.coordinator().complaint().contains("belongs to cluster"));
        assertTrue(stranger.services().isEmpty());

        var otherSecret = new ClusterIdentityComponent(temp.resolve("data-n3").toString(), "n3");
        var spy = node(otherSecret, server.connect(), TIMEOUT_MILLIS);
        Await.until("the secret is refused", () -> spy.coordinator().complaint().contains("another secret"));
        assertTrue(spy.services().isEmpty());
    }

    @Test
    void anEmptiedCoordinatorIsRefusedUntilTheOperatorDecides() throws IOException {
        var first = node("n1");
        long term = first.awaitTerm();
        close(first);
        server.close();
        server = new TestServer(temp.resolve("empty"));

        var refused = node("n1");
        Await.until("it is refused", () -> refused.coordinator().complaint().contains("holds no cluster"));
        close(refused);
        Files.writeString(temp.resolve("data-n1/secrets").resolve(RecordFile.NAME), "new term=" + term + "\n");
        assertTrue(node("n1").awaitTerm() > term, "terms grow although ZooKeeper has forgotten them");
    }

    @Test
    void whoDoesNotKnowTheSecretCanNeitherReadNorChange() throws Exception {
        node("n1").awaitTerm();
        var stranger = client("ashlar:guess".getBytes(), TIMEOUT_MILLIS);
        for (var path : List.of("/ashlar", ClusterTree.UUID_NODE, ClusterTree.TERM, ClusterTree.memberPath("n1"))) {
            assertThrows(KeeperException.NoAuthException.class, () -> stranger.getData(path, false, null), path);
            assertThrows(KeeperException.NoAuthException.class, () -> stranger.setData(path, new byte[0], -1), path);
        }
        assertThrows(KeeperException.NoAuthException.class, () -> stranger.delete(ClusterTree.memberPath("n1"), -1));
        assertThrows(KeeperException.NoAuthException.class, () -> stranger.getChildren(ClusterTree.CANDIDATES, false));
    }

    @Test
    void noThreadIsLeftBehind() {
        close(node("n0")); // loads classes that keep threads of their own
        var before = Thread.getAllStackTraces().keySet();
        var node = node("n1");
        node.awaitTerm();
        close(node);
        // the server's threads come and go with its load; those of the client are known by their names
        Await.until(
                "all threads of the client end",
                () -> clientThreads(before).toString(),
                () -> clientThreads(before).isEmpty());
    }

    private static List<Thread> clientThreads(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .filter(thread -> thread.getName()
                        .matches("ashlar-.*|Curator-.*|.*SendThread.*|.*EventThread.*|LeaderLatch.*|.*Coordinator.*"))
                .toList();
    }

    private TestNode node(String name) {
        return node(name, server.connect(), TIMEOUT_MILLIS);
    }

    private TestNode node(String name, String connect, int timeoutMillis) {
        return node(identity(name), connect, timeoutMillis);
    }

    private TestNode node(ClusterIdentityComponent identity, String connect, int timeoutMillis) {
        var node = new TestNode(connect, timeoutMillis, identity, leaders);
        open.add(node);
        return node;
    }

    private void close(TestNode node) {
        open.remove(node);
        node.close();
    }

    /// All nodes of a test have the secrets that the first has made.
    private ClusterIdentityComponent identity(String name) {
        var data = temp.resolve("data-" + name);
        var common = temp.resolve("common");
        try {
            Secrets.of(common);
            if (!Files.exists(data)) {
                Files.createDirectories(data.resolve("secrets"), OwnerOnly.DIRECTORY);
                for (var file : List.of("cluster.uuid", "cluster.secret", "admin.password")) {
                    Files.copy(
                            common.resolve("secrets").resolve(file),
                            data.resolve("secrets").resolve(file),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new ClusterIdentityComponent(data.toString(), name);
    }

    private byte[] credential(String name) {
        return Secrets.credential(identity(name).clusterSecret());
    }

    private ZooKeeper client(byte[] credential, int timeoutMillis) throws IOException, InterruptedException {
        var connected = new CountDownLatch(1);
        var client = new ZooKeeper(server.connect(), timeoutMillis, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        open.add(client);
        client.addAuthInfo("digest", credential);
        assertTrue(connected.await(Await.SECONDS, TimeUnit.SECONDS), "no connection");
        return client;
    }
}
