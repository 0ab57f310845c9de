package io.ashlar.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.ops.cli.HttpWorld.Ran;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @TempDir
    Path data;

    private HttpWorld world;

    @BeforeEach
    void start() throws IOException {
        world = new HttpWorld(data);
    }

    @AfterEach
    void stop() {
        world.close();
    }

    // ---- what is printed ------------------------------------------------------------------------------------------

    @Test
    void statusForPeople() {
        assertEquals("""
                Cluster  11111111-2222-3333-4444-555555555555
                Health   healthy
                Chunks   3 of 3 serving
                Copies   on 1 machine, 1 disk: they guard against bit flips and the failure of one chunk service, nothing else
                Space    3 GiB written, 9 GiB allocated, of 300 GiB
                Extents  16, of which 1 placed, 0 degraded, 0 unavailable
                NBD      nbd://127.0.0.1:10809
                Console  http://127.0.0.1:8600/system/console

                NODE   PID  ROLES
                n1    4711  chunk, console, gateway, metadata
                n2    4711  chunk
                n3    4711  chunk
                """, ok("status"));
    }

    @Test
    void statusForPrograms() throws IOException {
        var status = Tree.of(JsonText.parse(ok("status", "--json").getBytes()));

        assertEquals("11111111-2222-3333-4444-555555555555", status.text("clusterUuid"));
        assertTrue(status.flag("healthy"));
        assertEquals("n1", status.list("nodes").getFirst().text("name"));
        assertEquals(4711, status.list("nodes").getFirst().number("pid"));
        assertEquals("chunk", status.list("nodes").getFirst().items("roles").getFirst());
    }

    @Test
    void statusNamesTheProblems() {
        world.cluster.ready = false;
        String text = ok("status");

        assertTrue(text.contains("Health   not ready"), text);
        assertTrue(text.endsWith("Problems:\n  the chunk manager is not there - wait\n"), text);
    }

    @Test
    void poolsForPeople() {
        assertEquals("no pools\n", ok("pool", "list"));
        assertEquals("created pool demo: 3 replicas, even, thin\n", ok("pool", "create", "demo"));
        ok("pool", "create", "fast", "--replicas", "2", "--placement", "default", "--provision", "thick");
        ok("volume", "create", "demo/disk0", "--size", "4G");
        assertEquals("""
                POOL  REPLICAS  PLACEMENT  PROVISION  VOLUMES   SIZE
                demo         3  even       thin             1  4 GiB
                fast         2  default    thick            0    0 B
                """, ok("pool", "list"));
    }

    @Test
    void volumesForPeople() {
        ok("pool", "create", "demo");
        assertEquals("no volumes\n", ok("volume", "list"));
        assertEquals(
                "created volume demo/disk0: 4 GiB, 3 replicas, even, thin\n",
                ok("volume", "create", "demo/disk0", "--size", "4G"));
        ok(
                "volume",
                "create",
                "demo/small",
                "--size",
                "512MiB",
                "--thick",
                "--replicas",
                "1",
                "--placement",
                "default");
        assertEquals("""
                VOLUME         SIZE  REPLICAS  PLACEMENT  PROVISION  PLACED  OPEN BY
                demo/disk0    4 GiB         3  even       thin         0/16  -
                demo/small  512 MiB         1  default    thick         0/2  -
                """, ok("volume", "list", "demo"));
        assertEquals("""
                VOLUME     demo/disk0
                size       4 GiB (4294967296 bytes)
                replicas   3
                placement  even
                provision  thin
                extents    16, of which 0 placed
                open by    -
                """, ok("volume", "show", "demo/disk0"));
        assertEquals("volume demo/disk0 now has 8 GiB\n", ok("volume", "resize", "demo/disk0", "--size", "8G"));
        assertEquals(
                "volume demo/disk0 now has 1 GiB\n",
                ok("volume", "resize", "demo/disk0", "--size", "1G", "--allow-shrink"));
        assertEquals("deleted volume demo/small\n", ok("volume", "delete", "demo/small"));
    }

    @Test
    void theUriStandsAlone() {
        disk();
        assertEquals("nbd://127.0.0.1:10809/demo/disk0\n", ok("volume", "uri", "demo/disk0"));
    }

    @Test
    void extentsForPeople() {
        disk();
        assertEquals("""
                INDEX  LID  PID  LOCATION  ALIVE  GENERATION  LEASE  POLICY      STATE       WHY
                    0  l1   p11  c1 c2 c3  c1 c2  (2.5, 42)   n1     even/0.1.0  degraded    emptiest first, apart by NODE
                    1  l2   -    -         -      -           -      -           not placed  -
                    2  l3   -    -         -      -           -      -           unknown     -
                    3  l4   -    -         -      -           -      -           not placed  -
                """, ok("extent", "list", "demo/disk0"));
    }

    @Test
    void extentsForPrograms() throws IOException {
        disk();
        var extents = Tree.of(JsonText.parse(
                        ok("extent", "list", "demo/disk0", "--json").getBytes()))
                .list("extents");

        assertEquals(4, extents.size());
        assertEquals(List.of(1, 2, 3), extents.getFirst().items("location"));
        assertEquals(List.of(1, 2), extents.getFirst().items("aliveLocation"));
    }

    @Test
    void aVolumeOfMoreThanAPageOfExtentsIsListedWhole() throws IOException {
        ok("pool", "create", "demo");
        ok("volume", "create", "demo/huge", "--size", "3T");

        var extents = Tree.of(JsonText.parse(
                        ok("extent", "list", "demo/huge", "--json").getBytes()))
                .list("extents");
        assertEquals(12_288, extents.size());
        assertEquals(12_287, extents.getLast().number("index"));
    }

    @Test
    void differentReplicasAreAnError() {
        disk();
        assertEquals("identical: 1 extent, 2 copies read\n", ok("extent", "verify", "demo/disk0"));

        world.cluster.identical = false;
        var ran = world.run("extent", "verify", "demo/disk0");
        assertEquals(1, ran.exit());
        assertEquals("""
                extent 0 (p11) differs: chunk c2 differs
                CHUNK  GENERATION  DIGEST
                c1     (2.5, 42)   aaaa
                c2     (2.5, 42)   bbbb
                DIFFERENT: 1 extent, 2 copies read
                """, ran.out());
    }

    @Test
    void chunksStopAndStart() {
        assertEquals("chunk c2 on node n2 is stopped\n", ok("chunk", "stop", "2"));
        assertEquals("""
                CHUNK  NODE  STATE              SEGMENTS  WRITTEN  ALLOCATED  CAPACITY  DIRECTORY        TROUBLE
                c1     n1    connected healthy         7    1 GiB      3 GiB   100 GiB  /data/chunks/n1  -
                c2     n2    stopped                   7    1 GiB      3 GiB   100 GiB  /data/chunks/n2  stopped by the operator
                c3     n3    connected healthy         7    1 GiB      3 GiB   100 GiB  /data/chunks/n3  -
                """, ok("chunk", "list"));
        assertEquals("chunk c2 on node n2 is serving\n", ok("chunk", "start", "c2"));
    }

    @Test
    void theTopologyIsATree() {
        assertEquals("created rack r1 (id 11)\n", ok("topo", "create", "rack", "r1"));
        assertEquals("moved node n1 (id 2)\n", ok("topo", "move", "2", "--parent", "11"));
        assertEquals("renamed rack r9 (id 11)\n", ok("topo", "rename", "11", "r9"));
        assertEquals("""
                OBJECT    KIND     ID  PARENT  RING
                cluster   cluster   1       1     -
                  n2      node      3       1     2
                  n3      node      4       1     3
                  r9      rack     11       1     -
                    n1    node      2      11     1
                      c1  chunk     5       2     -
                """, ok("topo", "list"));
        assertTrue(ok("topo", "chunk", "c1").contains("r9"));
        assertTrue(ok("topo", "show", "11").contains("r9"));
        ok("topo", "move", "2", "--parent", "1");
        assertEquals("deleted rack r9 (id 11)\n", ok("topo", "delete", "11"));
    }

    @Test
    void policiesAndSessionsForPeople() {
        assertEquals("""
                KIND       POLICY   VERSION  STATE    DECISIONS  FAILURES  QUARANTINED
                placement  default  0.1.0    serving          0         0  -
                placement  even     0.1.0    serving         12         0  -
                provision  thick    0.1.0    serving          0         0  -
                provision  thin     0.1.0    serving          4         0  -
                """, ok("policy", "list"));
        assertEquals("""
                SESSION                               NODE  LEASES   EXPIRES
                00000000-0000-0000-0000-000000000007  n1         1  in 4.2 s
                """, ok("session", "list"));
    }

    // ---- up -------------------------------------------------------------------------------------------------------

    @Test
    void upMakesTheFirstVolumeAndSaysWhatThereIs() {
        var ran = world.run("up-summary", "--wait", "5");

        assertEquals(0, ran.exit(), ran::err);
        assertEquals("""
                The cluster is ready.

                  Volume    nbd://127.0.0.1:10809/demo/disk0 (demo/disk0, 4 GiB)
                  Console   http://127.0.0.1:8600/system/console (user admin)
                  Password  DATA/secrets/admin.password
                  Copies    3 on 1 machine, 1 disk: they guard against bit flips and the failure of one chunk service, nothing else

                Try next:
                  nbdinfo nbd://127.0.0.1:10809/demo/disk0
                  nbdcopy disk.img nbd://127.0.0.1:10809/demo/disk0
                  runtime/ashlar volume create demo/disk1 --size 10G
                  runtime/ashlar extent list demo/disk0
                  runtime/ashlar chunk stop 2
                  runtime/ashlar status
                """, ran.out().replace(data.toString(), "DATA"));
        assertEquals(0, world.run("up-summary", "--wait", "5").exit(), "a second time does no harm");
    }

    @Test
    void upTellsWhatIsMissingWhenTheTimeIsOver() {
        world.cluster.ready = false;
        var ran = world.run("up-summary", "--wait", "0");

        assertEquals(3, ran.exit());
        assertTrue(ran.err().contains("the chunk manager is not there"), ran.err());
        assertTrue(ran.err().contains("remedy: see: runtime/ashlar logs"), ran.err());
    }

    @Test
    void upWaitsForAClusterThatIsOnItsWay() throws Exception {
        Files.delete(data.resolve("run/ashlar.pid"));
        var late = Thread.ofVirtual().unstarted(() -> {
            var self = ProcessIdentity.self();
            world.write("run/ashlar.pid", "pid=" + self.pid() + "\nstarted=" + self.startTicks() + "\n");
        });
        var err = new StringWriter();
        var progress = new PrintWriter(err) {
            @Override
            public void println(String line) {
                super.println(line);
                if (line.startsWith("waiting") && late.getState() == Thread.State.NEW) {
                    late.start();
                }
            }
        };
        int exit = Main.run(
                new Surroundings(
                        Map.of("ASHLAR_DATA", data.toString())::get,
                        _ -> null,
                        new PrintWriter(new StringWriter()),
                        progress),
                "up-summary",
                "--wait",
                "20");

        assertEquals(0, exit, err::toString);
        assertTrue(err.toString().startsWith("waiting: no cluster is running on"), err::toString);
    }

    // ---- refusals -------------------------------------------------------------------------------------------------

    @Test
    void aRefusalNamesTheThingAndTheRemedy() {
        var ran = world.run("volume", "show", "demo/none");

        assertEquals(1, ran.exit());
        assertEquals("", ran.out());
        assertEquals("error: volume demo/none does not exist\nremedy: list the volumes with: volume list\n", ran.err());
    }

    @Test
    void aRefusalForPrograms() {
        var ran = world.run("volume", "show", "demo/none", "--json");

        assertEquals(1, ran.exit());
        assertEquals("", ran.out());
        assertEquals(
                "{\"error\":{\"kind\":\"NOT_FOUND\",\"what\":\"volume demo/none does not exist\","
                        + "\"remedy\":\"list the volumes with: volume list\"}}\n",
                ran.err());
    }

    @Test
    void whatTheClusterRefusesIsAnErrorOfOne() {
        disk();
        refused(1, "exists already", "volume", "create", "demo/disk0", "--size", "1G");
        refused(1, "exists already", "pool", "create", "demo");
        refused(1, "pool nopool does not exist", "volume", "create", "nopool/x", "--size", "1G");
        refused(1, "no room", "volume", "create", "demo/x", "--size", "60T", "--thick");
        refused(1, "cannot have 1000001 bytes", "volume", "create", "demo/x", "--size", "1000001");
        refused(1, "would lose", "volume", "resize", "demo/disk0", "--size", "4096");
        refused(1, "chunk c77 does not exist", "chunk", "stop", "77");
        refused(1, "does not exist", "topo", "show", "99");
        refused(1, "is no kind", "topo", "create", "sofa", "s");
    }

    @Test
    void whatCannotBeMeantIsAnErrorOfTwo() {
        refused(2, "more than 0", "volume", "create", "demo/x", "--size", "0");
        refused(2, "is no size", "volume", "create", "demo/x", "--size=-1G");
        refused(2, "is no size", "volume", "create", "demo/x", "--size", "1Q");
        refused(2, "too large", "volume", "create", "demo/x", "--size", "99999999999999999999");
        refused(2, "missing required option: '--size", "volume", "create", "demo/x");
        refused(2, "names no pool", "volume", "create", "disk", "--size", "1G");
        refused(2, "forbidden character", "volume", "create", "demo/a/b", "--size", "1G");
        refused(2, "300 characters", "volume", "create", "demo/" + "a".repeat(300), "--size", "1G");
        refused(2, "forbidden character", "volume", "create", "demo/\u0001\u001b[31m", "--size", "1G");
        refused(2, "is empty", "volume", "show", "demo/");
        refused(2, "is no chunk id", "chunk", "stop", "../../status");
        refused(2, "a command is missing", "volume");
        refused(2, "a command is missing");
        refused(2, "unmatched argument", "volum", "list");
        refused(2, "unknown option", "status", "--jsn");
        refused(2, "invalid value", "topo", "show", "x");
        refused(2, "is no address", "status", "--url", "ftp:x");
    }

    @Test
    void aWrongPasswordIsToldWhereTheRightOneLies() throws IOException {
        var wrong = Files.writeString(data.resolve("wrong"), "guess");
        var ran = world.run("status", "--password-file", wrong.toString());

        assertEquals(1, ran.exit());
        assertEquals(
                "error: the user or password is wrong\nremedy: the password of this cluster is in "
                        + data.resolve("secrets/admin.password") + "\n",
                ran.err());
    }

    @Test
    void aPasswordThatCannotBeReadIsAnError() throws IOException {
        Files.delete(data.resolve("secrets/admin.password"));
        refused(1, "the password cannot be read from", "status");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "pid=4194399\nstarted=1\n", "pid=1\nstarted=7\n", "nonsense", "pid=../../x\nstarted=1\n"})
    void aDirectoryWithoutItsProcessIsNotRunning(String pidFile) {
        world.write("run/ashlar.pid", pidFile);
        var ran = world.run("status");

        assertEquals(3, ran.exit());
        assertEquals(
                "error: no cluster is running on " + data + "\nremedy: start it with: runtime/ashlar up\n", ran.err());
    }

    @Test
    void aDirectoryThatIsNotThereIsNotRunning() {
        refused(3, "no cluster is running on /nowhere", "status", "--data", "/nowhere");
    }

    @Test
    void aProcessThatDoesNotAnswerYetIsNotAvailable() {
        world.close();
        refused(3, "does not answer yet", "status");
    }

    @Test
    void withoutALeaderTheClusterIsNotAvailable() {
        world.cluster.led = false;
        refused(3, "the volume manager is not there", "volume", "list");
    }

    @Test
    void anotherServersAnswerIsNoAnswer() throws IOException {
        var other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        other.createContext("/", exchange -> {
            byte[] page = "<html>hello</html>".getBytes();
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        other.start();
        try {
            refused(
                    3,
                    "which is no answer of a cluster",
                    "status",
                    "--url",
                    "http://127.0.0.1:" + other.getAddress().getPort());
        } finally {
            other.stop(0);
        }
    }

    // ---- where the cluster is found -------------------------------------------------------------------------------

    @Test
    void theDataDirectoryMayBeGivenInThreeWays() {
        assertEquals(
                0,
                HttpWorld.run(Map.of("ASHLAR_DATA", "/nowhere"), "status", "--data", data.toString())
                        .exit());
        assertEquals(
                0, HttpWorld.run(Map.of(), "--data", data.toString(), "status").exit(), "options may come first");
        assertEquals(0, world.run("status").exit());
    }

    @Test
    void aClusterElsewhereIsReachedByAddressAndPassword() {
        var environment =
                Map.of("ASHLAR_DATA", "/nowhere", "ASHLAR_URL", world.url() + "/", "ASHLAR_PASSWORD", "correct horse");
        assertEquals(0, HttpWorld.run(environment, "status").exit());
    }

    @Test
    void helpIsNoError() {
        for (var command :
                List.of(List.of("--help"), List.of("volume", "--help"), List.of("volume", "create", "--help"))) {
            var ran = world.run(command.toArray(String[]::new));
            assertEquals(0, ran.exit());
            assertTrue(ran.out().contains("Usage: ashlar"), ran.out());
            assertTrue(ran.out().contains("--json"), ran.out());
            assertFalse(ran.out().contains("up-summary"), "what is for scripts is not shown");
        }
    }

    // ---- helpers --------------------------------------------------------------------------------------------------

    private void disk() {
        ok("pool", "create", "demo");
        ok("volume", "create", "demo/disk0", "--size", "1G");
    }

    private String ok(String... arguments) {
        Ran ran = world.run(arguments);
        assertEquals(0, ran.exit(), ran::err);
        assertEquals("", ran.err());
        return ran.out();
    }

    private void refused(int exit, String words, String... arguments) {
        Ran ran = world.run(arguments);
        assertEquals(exit, ran.exit(), () -> ran.out() + ran.err());
        assertEquals("", ran.out());
        var lines = ran.err().lines().toList();
        assertEquals(2, lines.size(), ran::err);
        assertTrue(lines.get(0).startsWith("error: ") && lines.get(0).contains(words), ran::err);
        assertTrue(lines.get(1).startsWith("remedy: ") && lines.get(1).length() > 12, ran::err);
        assertTrue(ran.err().chars().allMatch(c -> c == '\n' || (c >= ' ' && c <= '~')), ran::err);
    }
}
