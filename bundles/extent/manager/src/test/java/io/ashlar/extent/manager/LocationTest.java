package io.ashlar.extent.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.PlacedExtent;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocationTest {
    private static final ChunkId C1 = new ChunkId(1);
    private static final ChunkId C2 = new ChunkId(2);
    private static final ChunkId C3 = new ChunkId(3);
    private static final Set<ChunkId> ALL = Set.of(C1, C2, C3);

    private final World world = new World();
    private final Lid lid = world.thin(1).getFirst();
    private final SessionId owner = world.session(1);
    private LeaseEpoch epoch;
    private PlacedExtent place;

    LocationTest() {
        var lease = world.granted(owner, lid, true);
        epoch = lease.epoch();
        place = lease.placed().orElseThrow();
    }

    private ChangeResult sync(long version, long counter, Set<ChunkId> keep) {
        return world.manager.synced(place.pid(), epoch, version, new Generation(epoch, counter), keep);
    }

    private ChangeResult remove(long version, long counter, ChunkId... failed) {
        return world.manager.removeSegments(
                place.pid(), epoch, version, new Generation(epoch, counter), Set.of(failed));
    }

    private PlacedExtent changed(ChangeResult result) {
        return assertInstanceOf(ChangeResult.Changed.class, result).now();
    }

    private PlacedExtent now() {
        return world.granted(owner, lid, false).placed().orElseThrow();
    }

    @Test
    void aFreshPlaceHasAllReplicasAndWasNeverSynced() {
        assertEquals(3, place.location().size());
        assertFalse(place.synced());
        assertEquals(Generation.ZERO, place.floor());
        assertEquals(1, place.locationVersion());
    }

    @Test
    void aSyncIsRecordedWithItsFloorAndWithoutChangeOfTheLocationKeepsTheVersion() {
        var synced = changed(sync(1, 0, ALL));
        assertTrue(synced.synced());
        assertEquals(new Generation(epoch, 0), synced.floor());
        assertEquals(1, synced.locationVersion());
        assertEquals(synced, now());
    }

    @Test
    void aSyncLeavesOutWhatItDoesNotKeep() {
        var synced = changed(sync(1, 0, Set.of(C1, C3)));
        assertEquals(List.of(C1, C3), synced.location());
        assertEquals(2, synced.locationVersion());
    }

    @Test
    void failedSegmentsLeaveAndTheFloorRises() {
        sync(1, 0, ALL);
        var removed = changed(remove(1, 9, C2));
        assertEquals(List.of(C1, C3), removed.location());
        assertEquals(2, removed.locationVersion());
        assertEquals(new Generation(epoch, 9), removed.floor());
    }

    @Test
    void anOwnerWithAnOldLocationHasToSyncAnew() {
        sync(1, 0, ALL);
        remove(1, 1, C2);
        assertEquals(new ChangeResult.StaleVersion(2), remove(1, 2, C3));
        assertEquals(List.of(C1, C3), now().location());
    }

    @Test
    void theLastSegmentIsNeverRemoved() {
        sync(1, 0, ALL);
        assertInstanceOf(ChangeResult.Forbidden.class, remove(1, 1, C1, C2, C3));
        var removed = changed(remove(1, 1, C1, C2));
        assertInstanceOf(ChangeResult.Forbidden.class, remove(removed.locationVersion(), 2, C3));
        assertInstanceOf(ChangeResult.Forbidden.class, sync(removed.locationVersion(), 2, Set.of()));
        assertEquals(List.of(C3), now().location());
    }

    @Test
    void aChunkThatIsNotInTheLocationIsNeverNamed() {
        var stranger = new ChunkId(9);
        assertInstanceOf(ChangeResult.Forbidden.class, sync(1, 0, Set.of(C1, stranger)));
        sync(1, 0, ALL);
        assertInstanceOf(ChangeResult.Forbidden.class, remove(1, 1, stranger));
        assertInstanceOf(ChangeResult.Forbidden.class, remove(1, 1));
        assertEquals(List.of(C1, C2, C3), now().location());
    }

    @Test
    void theFloorNeverGoesDownNotEvenUnderAHigherEpoch() {
        sync(1, 0, ALL);
        remove(1, 100, C2);
        assertInstanceOf(ChangeResult.Forbidden.class, remove(2, 99, C1));
        epoch = ((LeaseResult.Granted) world.manager.renewEpoch(owner, lid, epoch)).epoch();
        assertInstanceOf(ChangeResult.Forbidden.class, sync(2, 99, Set.of(C1)));
        assertEquals(100, changed(sync(2, 100, Set.of(C1))).floor().counter());
    }

    @Test
    void aFloorBeyondTheLeasesEpochIsRefused() {
        var later = new Generation(new LeaseEpoch(epoch.value() + 1), 0);
        assertInstanceOf(ChangeResult.Forbidden.class, world.manager.synced(place.pid(), epoch, 1, later, ALL));
    }

    @Test
    void nothingIsRemovedBeforeASyncUnderTheSameEpoch() {
        assertInstanceOf(ChangeResult.Forbidden.class, remove(1, 0, C2));
        sync(1, 0, ALL);
        epoch = ((LeaseResult.Granted) world.manager.renewEpoch(owner, lid, epoch)).epoch();
        assertInstanceOf(ChangeResult.Forbidden.class, remove(1, 1, C2));
    }

    @Test
    void anEpochThatIsNotTheLeasesIsFenced() {
        var old = epoch;
        var current = ((LeaseResult.Granted) world.manager.renewEpoch(owner, lid, epoch)).epoch();
        assertEquals(new ChangeResult.Fenced(current), sync(1, 0, ALL));
        epoch = new LeaseEpoch(current.value() + 1);
        assertEquals(new ChangeResult.Fenced(current), sync(1, 0, ALL));
        epoch = current;
        changed(sync(1, 0, ALL));
        epoch = old;
        assertEquals(new ChangeResult.Fenced(current), remove(1, 1, C2));
    }

    @Test
    void afterTheLeaseIsGivenBackTheOwnerChangesNothing() {
        sync(1, 0, ALL);
        world.manager.release(owner, lid, epoch);
        assertEquals(new ChangeResult.Fenced(epoch), remove(1, 1, C2));
    }

    @Test
    void anUnknownPlaceIsUnknown() {
        assertInstanceOf(
                ChangeResult.Unknown.class,
                world.manager.synced(Pid.of(0, 4711), epoch, 1, new Generation(epoch, 0), ALL));
    }

    @Test
    void aChangeWhoseCommitFailsIsNotConfirmedAndChangesNothing() {
        sync(1, 0, ALL);
        world.store.fail(MemoryMetaStore.Failure.BEFORE, batch -> true);
        assertThrows(StorageException.Unavailable.class, () -> remove(1, 1, C2));
        world.store.heal();
        assertEquals(List.of(C1, C2, C3), now().location());
    }

    @Test
    void aChangeThatIsDurableThoughTheStoreThrewIsFound() {
        sync(1, 0, ALL);
        world.store.fail(MemoryMetaStore.Failure.AFTER, batch -> true);
        assertThrows(StorageException.Unavailable.class, () -> remove(1, 1, C2));
        world.store.heal();
        assertEquals(List.of(C1, C3), now().location(), "memory shows what the store holds");
        assertEquals(new ChangeResult.StaleVersion(2), remove(1, 1, C2));
    }

    @Test
    void whileTheOutcomeCannotBeReadTheExtentWaitsAndTheTickFindsIt() {
        sync(1, 0, ALL);
        world.store.fail(MemoryMetaStore.Failure.AFTER, batch -> true);
        world.store.unreadable();
        assertThrows(StorageException.Unavailable.class, () -> remove(1, 1, C2));
        world.store.heal();
        world.manager.tick();
        assertEquals(List.of(C1, C3), now().location());
    }
}
