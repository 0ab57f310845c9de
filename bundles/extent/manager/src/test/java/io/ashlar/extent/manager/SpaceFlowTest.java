package io.ashlar.extent.manager;

import static io.ashlar.extent.manager.World.RESERVE_TIMEOUT_MILLIS;
import static io.ashlar.extent.manager.World.extents;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.LeaseResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The extent manager and a chunk manager by the book, together.
class SpaceFlowTest {
    private final World world = new World();

    @Test
    void thickSpaceIsTakenAtCreationAndBookingsGoWithTheReport() {
        world.thick(5);
        assertEquals(extents(5), world.chunks.spaceBytes(1));
        assertEquals(1, world.chunks.bookings());
        world.manager.tick();
        assertEquals(extents(5), world.chunks.spaceBytes(1));
        assertEquals(0, world.chunks.bookings());
    }

    @Test
    void thinSpaceIsTakenAtTheFirstWriteOnly() {
        var lids = world.thin(5);
        world.manager.tick();
        assertEquals(0, world.chunks.spaceBytes(1));
        var a = world.session(1);
        world.granted(a, lids.getFirst(), false);
        assertEquals(0, world.chunks.spaceBytes(1));
        world.granted(a, lids.getFirst(), true);
        world.granted(a, lids.getFirst(), true);
        assertEquals(extents(1), world.chunks.spaceBytes(1));
        world.manager.tick();
        assertEquals(extents(1), world.chunks.spaceBytes(1));
    }

    @Test
    void aNewThinSegmentIsReplacedByTheChunksOwnFigureWithoutEverBeingLost() {
        var lid = world.thin(1).getFirst();
        world.granted(world.session(1), lid, true);
        for (int beat = 0; beat < 4; beat++) {
            world.manager.tick();
            world.chunks.measured(1, 4 << 20);
            assertTrue(world.chunks.spaceBytes(1) >= 4 << 20);
        }
        world.manager.tick();
        assertEquals(4 << 20, world.chunks.spaceBytes(1));
    }

    @Test
    void aRequestThatIsAnsweredDuringAReportMayCountTwiceButNeverNot() {
        var lids = world.thin(2);
        var a = world.session(1);
        world.chunks.beforeReply(() -> {
            world.chunks.beforeReply(() -> {});
            world.manager.acquire(a, lids.get(1), true);
        });
        world.granted(a, lids.get(0), true);
        assertTrue(world.chunks.spaceBytes(1) >= extents(2));
        world.manager.tick();
        assertEquals(extents(2), world.chunks.spaceBytes(1));
        assertEquals(0, world.chunks.bookings());
    }

    @Test
    void aReplyThatComesTooLateIsNotUsedAndItsBookingGoesWithTheNextReport() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.chunks.beforeReply(() -> world.pass(RESERVE_TIMEOUT_MILLIS));
        assertInstanceOf(LeaseResult.Unavailable.class, world.manager.acquire(a, lid, true));
        world.chunks.beforeReply(() -> {});
        assertEquals(extents(1), world.chunks.spaceBytes(1));
        assertEquals(0, world.manager.totals().placed());
        world.manager.tick();
        assertEquals(0, world.chunks.spaceBytes(1));
    }

    @Test
    void aNewLeadersFirstReportClearsTheBookingsOfBefore() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.chunks.beforeReply(() -> world.pass(RESERVE_TIMEOUT_MILLIS));
        world.manager.acquire(a, lid, true);
        world.chunks.beforeReply(() -> {});
        world.newLeader();
        assertEquals(0, world.chunks.spaceBytes(1));
        assertEquals(0, world.chunks.bookings());
    }

    @Test
    void spaceReportsGoOnGrowingWithinOneTerm() throws InterruptedException {
        long before = world.chunks.last().spaceVersion();
        world.restartInTerm();
        assertTrue(world.chunks.last().spaceVersion() > before);
    }

    @Test
    void tooFewNodesAndTooLittleSpaceAreToldApart() {
        var lids = world.thin(1);
        var a = world.session(1);
        world.chunks.chunk(2).alive = false;
        world.chunks.chunk(3).alive = false;
        assertInstanceOf(LeaseResult.Unavailable.class, world.manager.acquire(a, lids.getFirst(), true));
        world.chunks.chunk(2).alive = true;
        world.chunks.chunk(2).capacityBytes = 0;
        assertInstanceOf(LeaseResult.NoSpace.class, world.manager.acquire(a, lids.getFirst(), true));
        world.chunks.chunk(2).capacityBytes = extents(4);
        var place = world.granted(a, lids.getFirst(), true).placed().orElseThrow();
        assertEquals(2, place.location().size(), "with two nodes an extent of three replicas begins degraded");
        assertEquals(1, world.manager.totals().degraded());
    }

    /// I8: the chunk manager's figure is never below the truth, and equal to it at rest.
    @Test
    void spaceIsNeverUnderCountedInRandomHistories() {
        for (int seed = 0; seed < 40; seed++) {
            new History(seed).run();
        }
    }

    private static final class History {
        private final World world = new World();
        private final Random random;
        private final int seed;

        History(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void run() {
            var thick = new ArrayList<>(world.thick(1));
            var thin = new ArrayList<>(world.thin(30));
            var session = world.session(1);
            for (int step = 0; step < 60; step++) {
                switch (random.nextInt(6)) {
                    case 0 -> create(thick, 1 + random.nextInt(3));
                    case 1 -> world.manager.acquire(session, thin.get(random.nextInt(thin.size())), true);
                    case 2 -> world.manager.tick();
                    case 3 -> delete(thick);
                    case 4 ->
                        world.chunks.beforeReply(
                                random.nextBoolean() ? () -> world.pass(RESERVE_TIMEOUT_MILLIS) : () -> {});
                    default -> session = takeOver();
                }
                world.manager.renewSession(session);
                check();
            }
            world.chunks.beforeReply(() -> {});
            world.manager.tick();
            for (int chunk = 1; chunk <= 3; chunk++) {
                assertEquals(truth(chunk), world.chunks.spaceBytes(chunk), "at rest, seed " + seed);
            }
        }

        private void create(ArrayList<Lid> thick, int count) {
            var made = world.manager.create(new ExtentSpec(8, 3, "even", "thick"), count);
            if (made instanceof Outcome.Ok<List<Lid>>(var lids)) {
                thick.addAll(lids);
            }
        }

        private void delete(ArrayList<Lid> thick) {
            if (!thick.isEmpty()) {
                world.manager.delete(List.of(thick.removeLast()));
            }
        }

        private SessionId takeOver() {
            world.newLeader();
            world.pass(World.LEASE_MILLIS + World.MARGIN_MILLIS);
            world.manager.tick();
            return world.session(1);
        }

        /// Every placed segment counts whole here: nothing was measured.
        private long truth(int chunk) {
            var lids = new ArrayList<>(world.manager.ofVolume(7));
            lids.addAll(world.manager.ofVolume(8));
            return extents(world.manager.describe(lids).stream()
                    .filter(info -> info.location().contains(new ChunkId(chunk)))
                    .count());
        }

        private void check() {
            for (int chunk = 1; chunk <= 3; chunk++) {
                long told = world.chunks.spaceBytes(chunk);
                assertTrue(told >= truth(chunk), "seed " + seed + ": " + told + " below " + truth(chunk));
            }
        }
    }
}
