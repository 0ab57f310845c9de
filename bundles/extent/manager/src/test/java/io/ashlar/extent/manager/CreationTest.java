package io.ashlar.extent.manager;

import static io.ashlar.extent.manager.World.extents;
import static io.ashlar.extent.manager.World.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.LeaseResult;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CreationTest {
    private static final ChunkId C1 = new ChunkId(1);
    private static final ExtentSpec THIN = new ExtentSpec(7, 3, "even", "thin");
    private static final ExtentSpec THICK = new ExtentSpec(8, 3, "even", "thick");

    @Test
    void thickExtentsHavePlacesAtOnceAndThinOnesNone() {
        var world = new World();
        var thick = world.manager.describe(world.thick(4));
        assertEquals(4, thick.size());
        assertTrue(thick.stream()
                .allMatch(info -> info.pid().isPresent() && info.location().size() == 3));
        assertEquals("fake/1", thick.getFirst().policy());
        assertEquals("emptiest first", thick.getFirst().why());
        var thin = world.manager.describe(world.thin(4));
        assertTrue(thin.stream().allMatch(info -> info.pid().isEmpty()));
        var totals = world.manager.totals();
        assertEquals(8, totals.logical());
        assertEquals(4, totals.placed());
    }

    @Test
    void manyExtentsAreMadeByFewCommits() {
        var world = new World();
        int before = world.store.commits();
        assertEquals(4096, world.thin(4096).size());
        assertEquals(4, world.store.commits() - before);
    }

    @Test
    void noExtentsAreMadeWhenNoneIsAskedFor() {
        assertEquals(List.of(), new World().thin(0));
    }

    @Test
    void whatCannotFitIsRefusedWithWhatIsFreeAndNothingIsMadeOrBooked() {
        var world = new World(
                new FakeChunks().with(1, extents(10)).with(2, extents(10)).with(3, extents(10)));
        var refused = refusal(world.manager.create(THICK, 16));
        assertEquals(Outcome.Kind.NO_SPACE, refused.kind());
        assertTrue(refused.what().contains("7680 MiB are free on 3 chunks"), refused.what());
        assertEquals(0, world.store.rows(Rows.LEXTENTS));
        assertEquals(0, world.chunks.spaceBytes(1));
    }

    @Test
    void aRefusalInTheMiddleOfABatchMakesNothing() {
        var world = new World(
                new FakeChunks().with(1, extents(4)).with(2, extents(4)).with(3, extents(4)));
        var refused = refusal(world.manager.create(THICK, 6));
        assertEquals(Outcome.Kind.NO_SPACE, refused.kind());
        assertEquals(0, world.store.rows(Rows.LEXTENTS));
        assertEquals(0, world.store.rows(Rows.PEXTENTS));
        world.manager.tick();
        assertEquals(0, world.chunks.spaceBytes(1), "bookings of what was not made go with the next report");
    }

    @Test
    void creationIsAllOrNothingWhateverCommitFailsAndHow() {
        for (var how : List.of(MemoryMetaStore.Failure.BEFORE, MemoryMetaStore.Failure.AFTER)) {
            for (int victim = 0; victim < 3; victim++) {
                var world = new World();
                var count = new AtomicInteger(victim);
                world.store.fail(how, batch -> count.getAndDecrement() == 0);
                assertThrows(StorageException.Unavailable.class, () -> world.manager.create(THIN, 3 * 1024));
                assertEquals(0, world.store.rows(Rows.LEXTENTS), how + " of commit " + count);
                assertEquals(List.of(), world.manager.ofVolume(7));
                world.store.heal();
                assertEquals(3 * 1024, world.thin(3 * 1024).size());
            }
        }
    }

    @Test
    void whatCannotBeUndoneAtOnceIsUndoneByTheTick() {
        var world = new World(
                new FakeChunks().with(1, extents(4096)).with(2, extents(4096)).with(3, extents(4096)));
        var count = new AtomicInteger(1);
        world.store.fail(MemoryMetaStore.Failure.BEFORE, batch -> count.getAndDecrement() <= 0);
        assertThrows(StorageException.Unavailable.class, () -> world.manager.create(THICK, 1024 + 1));
        assertEquals(0, world.manager.ofVolume(8).size() % 1024);
        world.store.heal();
        world.manager.tick();
        assertEquals(List.of(), world.manager.ofVolume(8));
        assertEquals(0, world.store.rows(Rows.PEXTENTS));
        assertEquals(0, world.chunks.spaceBytes(2));
    }

    @Test
    void aRestartKeepsEverything() {
        var world = new World();
        var thick = world.thick(3);
        var thin = world.thin(3);
        var a = world.session(1);
        var lease = world.granted(a, thin.get(1), true);
        var place = lease.placed().orElseThrow();
        world.manager.synced(
                place.pid(), lease.epoch(), 1, new Generation(lease.epoch(), 0), Set.copyOf(place.location()));
        world.manager.removeSegments(place.pid(), lease.epoch(), 1, new Generation(lease.epoch(), 12), Set.of(C1));
        world.manager.closeSession(a);
        var before = world.manager.describe(thin);
        var thickBefore = world.manager.describe(thick);

        world.newLeader();

        assertEquals(before.get(0), world.manager.describe(thin).get(0));
        assertEquals(
                before.get(1).location(), world.manager.describe(thin).get(1).location());
        assertEquals(
                before.get(1).generation(), world.manager.describe(thin).get(1).generation());
        assertEquals(lease.epoch(), world.manager.describe(thin).get(1).leaseEpoch());
        assertEquals(thickBefore, world.manager.describe(thick));
        assertEquals(thin, world.manager.ofVolume(7));
        var next = world.thin(1).getFirst();
        assertTrue(next.compareTo(thin.getLast()) > 0, "ids are never used again");
    }

    @Test
    void idsOfDeletedExtentsAreNotUsedAgainAfterARestart() {
        var world = new World();
        var lids = world.thick(2);
        var pids = world.manager.describe(lids).stream()
                .map(info -> info.pid().orElseThrow())
                .toList();
        world.manager.delete(lids);
        world.newLeader();
        var again = world.manager.describe(world.thick(1)).getFirst();
        assertTrue(again.lid().compareTo(lids.getLast()) > 0);
        assertTrue(again.pid().orElseThrow().compareTo(pids.getLast()) > 0);
    }

    @Test
    void deletedExtentsAreGarbageAndOthersNever() {
        var world = new World();
        var lids = world.thick(2);
        var gone = world.manager.describe(lids.subList(0, 1)).getFirst().pid().orElseThrow();
        var kept = world.manager.describe(lids.subList(1, 2)).getFirst().pid().orElseThrow();
        world.manager.delete(lids.subList(0, 1));
        var neverGiven = Pid.of(0, 4711);
        var elsewhere = Pid.of(3, 1);

        for (int round = 0; round < 2; round++) {
            assertEquals(List.of(gone), world.manager.garbage(C1, List.of(neverGiven, kept, gone, elsewhere)));
            world.newLeader();
        }
    }

    @Test
    void aPidWhoseAllocationIsOnItsWayIsNotGarbage() {
        var world = new World();
        var lid = world.thin(1).getFirst();
        world.manager.delete(world.thick(1));
        var a = world.session(1);
        world.store.fail(MemoryMetaStore.Failure.AFTER, batch -> true);
        world.store.unreadable();
        assertThrows(StorageException.Unavailable.class, () -> world.manager.acquire(a, lid, true));
        var inDoubt = Pid.of(0, 2);
        assertEquals(List.of(Pid.of(0, 1)), world.manager.garbage(C1, List.of(Pid.of(0, 1), inDoubt)));
        world.store.heal();
        world.manager.tick();
        assertEquals(List.of(), world.manager.garbage(C1, List.of(inDoubt)));
        assertEquals(inDoubt, world.granted(a, lid, true).placed().orElseThrow().pid());
    }

    @Test
    void aPidInDoubtIsNotGarbageThoughLaterOnesAreDurable() {
        var world = new World();
        var lids = world.thin(2);
        var a = world.session(1);
        world.store.fail(MemoryMetaStore.Failure.AFTER, batch -> true);
        world.store.unreadable();
        assertThrows(StorageException.Unavailable.class, () -> world.manager.acquire(a, lids.get(0), true));
        var inDoubt = Pid.of(0, 1);
        world.store.fail(MemoryMetaStore.Failure.BEFORE, batch -> false);
        var later = world.granted(a, lids.get(1), true).placed().orElseThrow().pid();
        world.manager.delete(lids.subList(1, 2));
        assertEquals(List.of(later), world.manager.garbage(C1, List.of(inDoubt, later)));
    }

    @Test
    void deletingEndsTheLeaseAndIsHarmlessTwice() {
        var world = new World();
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.granted(a, lid, true);
        world.manager.delete(List.of(lid));
        world.manager.delete(List.of(lid, Lid.of(0, 99)));
        assertEquals(0, world.manager.totals().leased());
        assertEquals(0, world.manager.totals().placed());
        assertInstanceOf(LeaseResult.Unknown.class, world.manager.acquire(a, lid, false));
    }

    @Test
    void theAliveLocationFollowsTheChunksAndTheLocationDoesNot() {
        var world = new World();
        var lids = world.thick(2);
        world.chunks.chunk(2).alive = false;
        var info = world.manager.describe(lids).getFirst();
        assertEquals(3, info.location().size());
        assertEquals(List.of(C1, new ChunkId(3)), info.aliveLocation());
        assertTrue(info.degraded());
        assertEquals(2, world.manager.totals().degraded());
        assertEquals(0, world.manager.totals().unavailable());
        world.chunks.chunk(1).alive = false;
        world.chunks.chunk(3).alive = false;
        assertEquals(2, world.manager.totals().unavailable());
    }

    @Test
    void tablesFromALaterTermAreNotServed() {
        var world = new World();
        world.newLeader();
        world.term = new World.Term(1);
        assertThrows(
                StorageException.StaleEpoch.class,
                () -> new Loader(world.store, world.term, () -> 0, 0).load(new LeaseBook.Times(1, 1), 1));
        assertEquals(0, LeaseEpoch.NONE.term());
    }

    @Test
    void changesOfDifferentExtentsShareACommit() throws InterruptedException {
        var world = new World();
        var lids = world.thin(16);
        var a = world.session(1);
        int before = world.store.commits();
        world.store.closeGate();
        var threads = lids.stream()
                .map(lid -> Thread.ofVirtual().start(() -> world.granted(a, lid, true)))
                .toList();
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (threads.stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
            assertTrue(System.nanoTime() < deadline, "all wait for the store");
            Thread.onSpinWait();
        }
        world.store.openGate();
        for (var thread : threads) {
            thread.join();
        }
        assertEquals(16, world.manager.totals().placed());
        int commits = world.store.commits() - before;
        assertTrue(commits <= 3, commits + " commits for 16 extents");
    }
}
