package io.ashlar.chunk.manager;

import static io.ashlar.chunk.manager.World.EXTENT;
import static io.ashlar.chunk.manager.World.GIB;
import static io.ashlar.chunk.manager.World.ok;
import static io.ashlar.chunk.manager.World.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceReport.Held;
import io.ashlar.chunk.SpaceRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpaceTest {
    private final World world = new World();

    private List<ChunkId> three(long capacityBytes) {
        return List.of(
                world.chunk(1, "n1", capacityBytes),
                world.chunk(2, "n2", capacityBytes),
                world.chunk(3, "n3", capacityBytes));
    }

    @Test
    void nothingIsGivenBeforeTheExtentManagerHasReportedToThisLeader() {
        three(GIB);
        assertEquals(
                Outcome.Kind.UNAVAILABLE, refused(world.reserve(1, false, 1)).kind());
        world.report(1, Map.of());
        assertEquals(1, ok(world.reserve(1, false, 1)).size());
        world.newLeader();
        assertEquals(
                Outcome.Kind.UNAVAILABLE, refused(world.reserve(1, false, 1)).kind());
    }

    @Test
    void aBookingCountsUntilAReportOfAHigherVersionTakesItsPlace() {
        var chunks = three(4 * GIB);
        world.report(1, Map.of());
        ok(world.reserve(1, false, 1));
        ok(world.reserve(2, true, 1));
        assertEquals(2 * EXTENT, world.info(chunks.getFirst()).allocatedBytes());

        world.report(2, Map.of(chunks.getFirst(), new Held(0, EXTENT)));
        assertEquals(
                2 * EXTENT,
                world.info(chunks.getFirst()).allocatedBytes(),
                "version 1 is in the report, 2 is still booked");
        world.report(3, Map.of(chunks.getFirst(), new Held(EXTENT, EXTENT)));
        assertEquals(2 * EXTENT, world.info(chunks.getFirst()).allocatedBytes());
        assertEquals(0, world.info(chunks.get(1)).allocatedBytes(), "a report replaces the one before as a whole");
    }

    @Test
    void whatAChunkUsesComesFromItsOwnHeartbeat() {
        var chunks = three(GIB);
        world.beat(chunks.getFirst(), 512 * 1024);
        assertEquals(512 * 1024, world.info(chunks.getFirst()).allocatedBytes());
        assertEquals(512 * 1024, world.info(chunks.getFirst()).usedBytes());
    }

    @Test
    void aRequestBelowTheLastReportIsRefusedAndAReportBelowItToo() {
        three(GIB);
        world.report(5, Map.of());
        assertEquals(
                Outcome.Kind.UNAVAILABLE, refused(world.reserve(4, false, 1)).kind());
        assertThrows(StorageException.StaleEpoch.class, () -> world.report(4, Map.of()));
        ok(world.reserve(5, false, 1));
    }

    @Test
    void aThickVolumeBeyondTheCapacityBooksNothingAndTheRefusalNamesTheFreeSpace() {
        var chunks = three(GIB);
        world.report(1, Map.of());
        var replies = ok(world.reserve(1, true, 5));
        assertEquals(5, replies.size());
        for (var reply : replies) {
            var refused = assertInstanceOf(SpaceReply.Refused.class, reply);
            assertTrue(refused.noSpace());
            assertTrue(refused.why().contains("5 thick extent(s) of 3 x 0.25 GiB"), refused.why());
            assertTrue(
                    refused.why().contains("3.00 GiB in all") && refused.why().contains("c1 on n1 1.00 GiB"),
                    refused.why());
        }
        chunks.forEach(id -> assertEquals(0, world.info(id).allocatedBytes()));
        assertEquals(
                4,
                ok(world.reserve(1, true, 4)).stream()
                        .filter(SpaceReply.Booked.class::isInstance)
                        .count());
    }

    @Test
    void thinExtentsOfOneRequestAreGivenAsFarAsTheSpaceGoes() {
        three(GIB);
        world.report(1, Map.of());
        var replies = ok(world.reserve(1, false, 5));
        assertEquals(
                4, replies.stream().filter(SpaceReply.Booked.class::isInstance).count());
        assertInstanceOf(SpaceReply.Refused.class, replies.get(4));
    }

    @Test
    void withOneNodeDownAnExtentGoesToTheOtherTwoAndWithTwoDownItIsRefusedForNodes() {
        var chunks = three(GIB);
        world.report(1, Map.of());
        world.conductor.stopping(chunks.get(2), "maintenance");
        var booked = assertInstanceOf(
                SpaceReply.Booked.class, ok(world.reserve(1, false, 1)).getFirst());
        assertEquals(chunks.subList(0, 2), booked.chunks());
        assertEquals("fake", booked.policy());
        world.conductor.stopping(chunks.get(1), "maintenance");
        var refused = assertInstanceOf(
                SpaceReply.Refused.class, ok(world.reserve(1, false, 1)).getFirst());
        assertTrue(!refused.noSpace() && refused.why().contains("healthy chunk"), refused.why());
    }

    @Test
    void thePolicySeesNamesOfTheTopologyAndTheLoad() {
        var chunks = three(GIB);
        world.report(1, Map.of(chunks.getFirst(), new Held(EXTENT, 0)));
        ok(world.reserve(1, false, 1));
        var seen = world.placement.lastView.chunk(chunks.getFirst()).orElseThrow();
        assertEquals("even", world.placement.lastPolicy);
        assertEquals("n1", seen.node());
        assertEquals("", seen.rack());
        assertEquals(EXTENT, seen.allocatedBytes());
        assertTrue(seen.eligible());
    }

    @Test
    void aReportIsAnsweredWithTheNumberOfMeasurementsThatCame() {
        var chunks = three(GIB);
        world.beat(chunks.getFirst(), 0);
        var numbers = world.conductor.report(new SpaceReport(0, 1, Map.of()));
        assertEquals(Map.of(chunks.get(0), 2L, chunks.get(1), 1L, chunks.get(2), 1L), numbers);
    }

    @Test
    void badRequestsAreRefusedAndBadReportsAreBugs() {
        three(GIB);
        world.report(1, Map.of());
        for (var extent : List.of(
                new SpaceRequest.Extent(0, 0, false, EXTENT),
                new SpaceRequest.Extent(2, 3, false, EXTENT),
                new SpaceRequest.Extent(65, 2, false, EXTENT),
                new SpaceRequest.Extent(3, 2, false, 0),
                new SpaceRequest.Extent(3, 2, false, Long.MAX_VALUE))) {
            var request = new SpaceRequest(0, 1, "even", List.of(extent));
            assertEquals(
                    Outcome.Kind.INVALID,
                    refused(world.conductor.reserve(request)).kind(),
                    extent.toString());
        }
        assertEquals(
                Outcome.Kind.INVALID,
                refused(world.conductor.reserve(new SpaceRequest(0, 1, "a/b", List.of())))
                        .kind());
        var negative = Map.of(new ChunkId(1), new Held(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> world.report(2, negative));
    }
}
