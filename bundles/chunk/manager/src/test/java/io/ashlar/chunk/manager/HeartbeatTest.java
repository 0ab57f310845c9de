package io.ashlar.chunk.manager;

import static io.ashlar.chunk.manager.World.GIB;
import static io.ashlar.chunk.manager.World.MIB;
import static io.ashlar.chunk.manager.World.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.chunk.ChunkInfo.State;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.SpaceReport;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private final World world = new World();

    private ChunkReport report(ChunkId id, String trouble, long usedBytes, long measurement) {
        return new ChunkReport(id, trouble, GIB, usedBytes, 3, measurement);
    }

    @Test
    void aChunkThatIsNotKnownIsToldToRegister() {
        var refusal = refused(world.conductor.heartbeat(report(new ChunkId(7), "", 0, 1)));
        assertEquals(Outcome.Kind.NOT_FOUND, refusal.kind());
        assertTrue(refusal.remedy().contains("register"));
    }

    @Test
    void aStoppedChunkIsToldToRegisterAndIsBackWhenItDoes() {
        var id = world.chunk(1, "n1", GIB);
        world.conductor.stopping(id, "asked to");
        assertEquals(State.STOPPED, world.info(id).state());
        assertEquals("asked to", world.info(id).trouble());
        assertEquals(
                Outcome.Kind.NOT_FOUND,
                refused(world.conductor.heartbeat(report(id, "", 0, 9))).kind());
        assertEquals(id, world.register(1, "n1", GIB));
        World.ok(world.conductor.heartbeat(report(id, "", 0, 10)));
        assertEquals(State.CONNECTED_HEALTHY, world.info(id).state());
    }

    @Test
    void anOvertakenMeasurementIsASignOfLifeAndNoNews() {
        var id = world.register(1, "n1", GIB);
        World.ok(world.conductor.heartbeat(report(id, "", 5 * MIB, 5)));
        World.ok(world.conductor.heartbeat(report(id, "", 4 * MIB, 4)));
        world.conductor.idle();
        assertEquals(5 * MIB, world.info(id).usedBytes());
        assertEquals(Map.of(id, 1L), world.conductor.report(new SpaceReport(0, 1, Map.of())));
    }

    @Test
    void aRestartedChunkCountsFromOneAgainAndTheNumberOfArrivalsGoesOn() {
        var id = world.register(1, "n1", GIB);
        World.ok(world.conductor.heartbeat(report(id, "", 5 * MIB, 50)));
        world.register(1, "n1", GIB);
        World.ok(world.conductor.heartbeat(report(id, "", 6 * MIB, 1)));
        world.conductor.idle();
        assertEquals(6 * MIB, world.info(id).usedBytes());
        assertEquals(Map.of(id, 2L), world.conductor.report(new SpaceReport(0, 1, Map.of())));
    }

    @Test
    void reportedTroubleIsShownInPrintableWordsAndKeepsNewExtentsAway() {
        var id = world.register(1, "n1", GIB);
        World.ok(world.conductor.heartbeat(report(id, "disk \u001b[31mfull", 0, 1)));
        assertEquals(State.CONNECTED_UNHEALTHY, world.info(id).state());
        assertEquals("disk ?[31mfull", world.info(id).trouble());
        world.report(1, Map.of());
        World.ok(world.reserve(1, false, 1));
        assertTrue(!world.placement.lastView.chunk(id).orElseThrow().eligible());
    }

    @Test
    void impossibleFiguresAreRefusedAndChangeNothing() {
        var id = world.chunk(1, "n1", GIB);
        for (var bad : new ChunkReport[] {
            new ChunkReport(id, "", -1, 0, 0, 9),
            new ChunkReport(id, "", GIB, -1, 0, 9),
            new ChunkReport(id, "", GIB, Long.MAX_VALUE, 0, 9),
            new ChunkReport(id, "", GIB, 0, -1, 9),
            new ChunkReport(id, null, GIB, 0, 0, 9),
            new ChunkReport(null, "", GIB, 0, 0, 9)
        }) {
            assertEquals(
                    Outcome.Kind.INVALID,
                    refused(world.conductor.heartbeat(bad)).kind(),
                    bad.toString());
        }
        assertEquals(0, world.info(id).usedBytes());
    }

    @Test
    void theTopologyVersionGoesWithEveryAnswer() {
        var id = world.register(1, "n1", GIB);
        long before = World.ok(world.conductor.heartbeat(report(id, "", 0, 1))).topoVersion();
        world.register(2, "n2", GIB);
        assertEquals(
                before + 1,
                World.ok(world.conductor.heartbeat(report(id, "", 0, 2))).topoVersion());
    }

    @Test
    void aLateWordAboutAChunkThatIsNotKnownDoesNoHarm() {
        world.conductor.stopping(new ChunkId(99), "who?");
        assertTrue(world.conductor.published().chunks().isEmpty());
    }
}
