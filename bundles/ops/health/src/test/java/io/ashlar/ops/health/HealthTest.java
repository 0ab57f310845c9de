package io.ashlar.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.TopoObject;
import io.ashlar.cluster.Member;
import io.ashlar.extent.ExtentTotals;
import io.ashlar.ops.ClusterStatus;
import io.ashlar.ops.health.Snapshot.Part;
import io.ashlar.store.ChunkControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HealthTest {

    private static final long PID = 4242;
    private static final ProcessIdentity PROCESS = new ProcessIdentity("machine", "boot", PID, 1);

    @Test
    void aQuietClusterIsHealthyAndReady() {
        var status = Health.assess(quiet());

        assertEquals(List.of(), status.problems());
        assertTrue(status.healthy());
        assertTrue(status.ready());
        assertEquals(3, status.chunks());
        assertEquals(3, status.chunksServing());
        assertEquals(new ClusterStatus.Space(300, 30, 15), status.space());
        assertEquals(new ClusterStatus.Extents(16, 2, 0, 0), status.extents());
        assertEquals("the-uuid", status.clusterUuid());
    }

    @Test
    void copiesOnOneMachineAndDiskAreCountedAsOne() {
        var status = Health.assess(quiet());

        assertEquals(1, status.distinctMachines());
        assertEquals(1, status.distinctDisks());
    }

    @Test
    void equalDisksOfTwoMachinesAreTwoDisks() {
        var chunks = List.of(chunk(1, "n1", "machine-a", "sda"), chunk(2, "n2", "machine-b", "sda"));
        var status = Health.assess(with(quiet(), chunks));

        assertEquals(2, status.distinctMachines());
        assertEquals(2, status.distinctDisks());
    }

    @Test
    void everyNodeOfThisProcessShowsItsPidAndTheOwnNodeItsRoles() {
        assertEquals(
                List.of(
                        new ClusterStatus.Node("n1", PID, List.of("chunk", "console", "metadata")),
                        new ClusterStatus.Node("n2", PID, List.of("chunk")),
                        new ClusterStatus.Node("n3", PID, List.of("chunk"))),
                Health.assess(quiet()).nodes());
    }

    @Test
    void aNodeOfAnotherProcessShowsThatProcess() {
        var other = new Member("n9", new ProcessIdentity("m", "b", 77, 1), "10.0.0.9", List.of("chunk", "gateway"));
        var seen = quiet();
        var both = new ArrayList<>(seen.members().known().orElseThrow());
        both.add(other);
        var status = Health.assess(new Snapshot(
                seen.identity(),
                PID,
                seen.self(),
                answered(both),
                seen.chunks(),
                seen.topology(),
                seen.extents(),
                seen.pools(),
                seen.controls(),
                seen.endpoints()));

        assertEquals(
                new ClusterStatus.Node("n9", 77, List.of("chunk", "gateway")),
                status.nodes().getLast());
    }

    @Test
    void aNodeThatNobodyRunsHasNoPid() {
        var seen = quiet();
        var tree = new ArrayList<>(seen.topology().known().orElseThrow());
        tree.add(new TopoObject(9, TopoObject.Kind.NODE, "n4", TopoObject.CLUSTER_ID, 4));
        var status = Health.assess(new Snapshot(
                seen.identity(),
                PID,
                seen.self(),
                seen.members(),
                seen.chunks(),
                answered(tree),
                seen.extents(),
                seen.pools(),
                seen.controls(),
                seen.endpoints()));

        assertEquals(new ClusterStatus.Node("n4", 0, List.of()), status.nodes().getLast());
    }

    /// name, change to a quiet cluster, ready, healthy, words that the problems must contain
    static Stream<Arguments> states() {
        return Stream.of(
                row(
                        "no chunk manager",
                        s -> parts(s, new Part.Absent<>(), s.extents(), s.pools()),
                        false,
                        false,
                        "the chunk manager is not there",
                        "logs"),
                row(
                        "no extent manager",
                        s -> parts(s, s.chunks(), new Part.Absent<>(), s.pools()),
                        false,
                        false,
                        "the extent manager is not there"),
                row(
                        "volume manager hangs",
                        s -> parts(s, s.chunks(), s.extents(), new Part.Silent<>("no answer in time")),
                        false,
                        false,
                        "the volume manager does not answer: no answer in time"),
                row(
                        "one chunk lost",
                        s -> with(s, chunks(ChunkInfo.State.SESSION_EXPIRED)),
                        true,
                        false,
                        "chunk c1 on node n1 does not answer",
                        "chunk start c1"),
                row("one chunk stopped on purpose", s -> with(s, chunks(ChunkInfo.State.STOPPED)), true, true),
                row(
                        "one chunk unwell",
                        s -> with(s, chunks(ChunkInfo.State.CONNECTED_UNHEALTHY)),
                        true,
                        false,
                        "chunk c1 on node n1 is not well"),
                row(
                        "two chunks stopped on purpose",
                        s -> with(s, chunks(ChunkInfo.State.STOPPED, ChunkInfo.State.STOPPED)),
                        false,
                        false,
                        "chunks serve on 1 nodes"),
                row(
                        "one extent degraded",
                        s -> parts(s, s.chunks(), answered(new ExtentTotals(16, 2, 1, 0, 0)), s.pools()),
                        true,
                        false,
                        "1 extent with fewer live replicas"),
                row(
                        "extents unavailable",
                        s -> parts(s, s.chunks(), answered(new ExtentTotals(16, 2, 0, 2, 0)), s.pools()),
                        true,
                        false,
                        "2 extents cannot be read"),
                row(
                        "a chunk service is starting",
                        s -> controls(s, ChunkControl.State.STARTING),
                        false,
                        false,
                        "the chunk service of node n1 is starting"),
                row(
                        "a chunk service failed",
                        s -> controls(s, ChunkControl.State.FAILED),
                        true,
                        false,
                        "the chunk service of node n1 has failed: disk gone",
                        "chunk start c1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void eachStateIsJudged(
            String name, UnaryOperator<Snapshot> change, boolean ready, boolean healthy, List<String> words) {
        var status = Health.assess(change.apply(quiet()));

        assertEquals(ready, status.ready(), status::toString);
        assertEquals(healthy, status.healthy(), status::toString);
        for (String word : words) {
            assertTrue(status.problems().stream().anyMatch(line -> line.contains(word)), status::toString);
        }
    }

    @Test
    void aChunkStoppedHereIsNoProblemEvenIfItsManagerOnlySeesItMissing() {
        var seen = controls(with(quiet(), chunks(ChunkInfo.State.SESSION_EXPIRED)), ChunkControl.State.STOPPED);

        assertTrue(Health.assess(seen).healthy());
    }

    @Test
    void nothingAtAllIsStillAnAnswer() {
        var status = Health.assess(new Snapshot(
                new Part.Absent<>(),
                PID,
                new Part.Absent<>(),
                new Part.Absent<>(),
                new Part.Absent<>(),
                new Part.Absent<>(),
                new Part.Absent<>(),
                new Part.Absent<>(),
                List.of(),
                new Snapshot.Endpoints("", "")));

        assertFalse(status.healthy());
        assertFalse(status.ready());
        assertEquals(5, status.problems().size());
        assertEquals(List.of(), status.nodes());
    }

    private static Arguments row(
            String name, UnaryOperator<Snapshot> change, boolean ready, boolean healthy, String... words) {
        return Arguments.of(name, change, ready, healthy, List.of(words));
    }

    private static Snapshot quiet() {
        var self = new Member("n1", PROCESS, "127.0.0.1", List.of("chunk", "console", "metadata"));
        var tree = Stream.concat(
                        Stream.of(new TopoObject(1, TopoObject.Kind.CLUSTER, "cluster", 1, 0)),
                        IntStream.rangeClosed(1, 3)
                                .mapToObj(i -> new TopoObject(i + 1, TopoObject.Kind.NODE, "n" + i, 1, i)))
                .toList();
        return new Snapshot(
                answered(new Snapshot.Identity("the-uuid", "n1")),
                PID,
                answered(self),
                answered(List.of(self)),
                answered(chunks()),
                answered(tree),
                answered(new ExtentTotals(16, 2, 0, 0, 1)),
                answered(1),
                IntStream.rangeClosed(1, 3)
                        .mapToObj(i -> control(i, ChunkControl.State.SERVING))
                        .toList(),
                new Snapshot.Endpoints("nbd://127.0.0.1:10809", "http://127.0.0.1:8600/system/console"));
    }

    private static Snapshot.Control control(int number, ChunkControl.State state) {
        return new Snapshot.Control(
                Optional.of(new ChunkId(number)),
                "n" + number,
                state,
                state == ChunkControl.State.FAILED ? "disk gone" : "");
    }

    private static Snapshot controls(Snapshot s, ChunkControl.State first) {
        var controls = new ArrayList<>(s.controls());
        controls.set(0, control(1, first));
        return new Snapshot(
                s.identity(),
                PID,
                s.self(),
                s.members(),
                s.chunks(),
                s.topology(),
                s.extents(),
                s.pools(),
                controls,
                s.endpoints());
    }

    private static Snapshot with(Snapshot s, List<ChunkInfo> chunks) {
        return parts(s, answered(chunks), s.extents(), s.pools());
    }

    private static Snapshot parts(
            Snapshot s, Part<List<ChunkInfo>> chunks, Part<ExtentTotals> extents, Part<Integer> pools) {
        return new Snapshot(
                s.identity(),
                PID,
                s.self(),
                s.members(),
                chunks,
                s.topology(),
                extents,
                pools,
                s.controls(),
                s.endpoints());
    }

    private static <T> Part<T> answered(T value) {
        return new Part.Answered<>(value);
    }

    /// Three chunks; the first ones in the states given, the others healthy.
    private static List<ChunkInfo> chunks(ChunkInfo.State... states) {
        return IntStream.rangeClosed(1, 3)
                .mapToObj(i -> chunk(
                        i,
                        "n" + i,
                        "machine",
                        "disk",
                        i <= states.length ? states[i - 1] : ChunkInfo.State.CONNECTED_HEALTHY))
                .toList();
    }

    private static ChunkInfo chunk(int id, String node, String machine, String disk) {
        return chunk(id, node, machine, disk, ChunkInfo.State.CONNECTED_HEALTHY);
    }

    private static ChunkInfo chunk(int id, String node, String machine, String disk, ChunkInfo.State state) {
        return new ChunkInfo(
                new ChunkId(id),
                node,
                state,
                "127.0.0.1",
                7000 + id,
                machine,
                disk,
                "/data/" + node,
                100,
                10,
                5,
                2,
                "");
    }
}
