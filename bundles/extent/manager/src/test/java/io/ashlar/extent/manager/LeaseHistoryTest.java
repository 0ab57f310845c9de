package io.ashlar.extent.manager;

import static io.ashlar.extent.manager.World.LEASE_MILLIS;
import static io.ashlar.extent.manager.World.MARGIN_MILLIS;
import static io.ashlar.extent.manager.World.ok;
import static io.ashlar.extent.manager.World.process;
import static io.ashlar.extent.manager.World.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Generation;
import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.LeaseResult;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaseHistoryTest {
    private final World world = new World();

    @Test
    void theHolderGetsTheSameLeaseAgainAndAnotherOneIsToldWhoHoldsIt() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var b = world.session(2);

        var first = world.granted(a, lid, false);
        assertEquals(first.epoch(), world.granted(a, lid, false).epoch());
        assertTrue(first.placed().isEmpty(), "a thin extent that was only read has no place");

        var held = assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(b, lid, false));
        assertEquals("n1", held.node());
        assertTrue(held.retryMillis() > 0);
    }

    @Test
    void aReleasedLeaseIsFreeAndTheNextEpochIsHigher() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var b = world.session(2);
        var first = world.granted(a, lid, false);

        world.manager.release(a, lid, first.epoch());

        assertTrue(world.granted(b, lid, false).epoch().compareTo(first.epoch()) > 0);
    }

    @Test
    void releasingAnOldEpochLeavesTheLease() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var first = world.granted(a, lid, false);
        var second = (LeaseResult.Granted) world.manager.renewEpoch(a, lid, first.epoch());
        assertTrue(second.epoch().compareTo(first.epoch()) > 0);

        world.manager.release(a, lid, first.epoch());

        assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(world.session(2), lid, false));
    }

    @Test
    void aSilentSessionKeepsItsLeaseForThePeriodAndTheMarginAndNotLonger() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.granted(a, lid, false);

        world.pass(LEASE_MILLIS + MARGIN_MILLIS - 1);
        var b = world.session(2);
        assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(b, lid, false));
        world.pass(1);
        assertInstanceOf(LeaseResult.Granted.class, world.manager.acquire(b, lid, false));
        assertEquals(
                Outcome.Kind.NOT_FOUND, refusal(world.manager.renewSession(a)).kind());
        assertInstanceOf(LeaseResult.SessionOver.class, world.manager.acquire(a, lid, false));
    }

    @Test
    void aRenewedSessionKeepsItsLeases() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var b = world.session(2);
        world.granted(a, lid, false);
        for (int i = 0; i < 30; i++) {
            world.pass(2_000);
            assertEquals(LEASE_MILLIS, ok(world.manager.renewSession(a)));
            ok(world.manager.renewSession(b));
        }
        assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(b, lid, false));
    }

    @Test
    void aClosedSessionFreesItsLeasesAndLeavesNoRow() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.granted(a, lid, false);
        world.manager.closeSession(a);
        assertEquals(0, world.store.rows(Rows.SESSIONS));
        assertEquals(0, world.manager.totals().leased());
        assertInstanceOf(LeaseResult.Granted.class, world.manager.acquire(world.session(2), lid, false));
    }

    @Test
    void theSessionOfAProcessThatIsProvenGoneEndsAtTheNextTick() {
        var lid = world.thin(1).getFirst();
        world.granted(world.session(1), lid, false);
        var b = world.session(2);
        world.gone.add(process(1));
        world.manager.tick();
        assertInstanceOf(LeaseResult.Granted.class, world.manager.acquire(b, lid, false));
    }

    /// S2: a paused owner, fenced on the other chunks, "removes" them and acknowledges on its own segment alone.
    @Test
    void anOwnerThatSleptCannotChangeTheLocation() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var lease = world.granted(a, lid, true);
        var place = lease.placed().orElseThrow();
        var synced = assertInstanceOf(
                ChangeResult.Changed.class,
                world.manager.synced(
                        place.pid(),
                        lease.epoch(),
                        place.locationVersion(),
                        new Generation(lease.epoch(), 0),
                        Set.copyOf(place.location())));
        world.pass(LEASE_MILLIS + MARGIN_MILLIS);
        var next = world.granted(world.session(2), lid, true);

        var others = Set.copyOf(place.location().subList(1, 3));
        var answer = world.manager.removeSegments(
                place.pid(), lease.epoch(), synced.now().locationVersion(), new Generation(lease.epoch(), 5), others);

        assertEquals(new ChangeResult.Fenced(next.epoch()), answer);
        assertEquals(
                place.location(),
                world.granted(sessionOf(next, 2), lid, false)
                        .placed()
                        .orElseThrow()
                        .location());
    }

    /// The session that holds the lease, found by asking as a new one would be refused.
    private SessionId sessionOf(LeaseResult.Granted lease, int process) {
        return world.manager.sessions().stream()
                .filter(info -> info.node().equals("n" + process) && info.leases() == 1)
                .findFirst()
                .orElseThrow(() -> new AssertionError(lease))
                .id();
    }

    @Test
    void aNewLeaderGrantsNothingUntilEverySessionOfBeforeIsWaitedOut() {
        var lids = world.thin(2);
        var a = world.session(1);
        var before = world.granted(a, lids.getFirst(), false);

        world.newLeader();
        assertEquals(
                Outcome.Kind.NOT_FOUND, refusal(world.manager.renewSession(a)).kind());
        var b = world.session(2);
        for (var lid : lids) {
            var held = assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(b, lid, true));
            assertEquals("", held.node());
        }
        world.pass(LEASE_MILLIS);
        ok(world.manager.renewSession(b));
        world.pass(MARGIN_MILLIS - 1);
        assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(b, lids.getFirst(), false));
        world.pass(1);
        assertTrue(world.granted(b, lids.getFirst(), false).epoch().compareTo(before.epoch()) > 0);
    }

    @Test
    void aNewLeaderDoesNotWaitForAProcessThatIsProvenGone() {
        var lid = world.thin(1).getFirst();
        world.granted(world.session(1), lid, false);
        world.gone.add(process(1));
        world.newLeader();
        assertInstanceOf(LeaseResult.Granted.class, world.manager.acquire(world.session(2), lid, false));
    }

    @Test
    void aNewLeaderWaitsForTheOneThatLivesThoughAnotherIsProvenGone() {
        var lid = world.thin(1).getFirst();
        world.session(1);
        world.session(2);
        world.gone.add(process(1));
        world.newLeader();
        assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(world.session(3), lid, false));
        assertEquals(2, world.manager.sessions().size(), "the one that is waited for and the new one");
    }

    @Test
    void aSessionOfBeforeThatIsClosedInOrderNeedNotBeWaitedFor() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.granted(a, lid, false);
        world.newLeader();
        world.manager.closeSession(a);
        assertInstanceOf(LeaseResult.Granted.class, world.manager.acquire(world.session(1), lid, false));
    }

    @Test
    void aDeposedLeaderNeitherGrantsNorRenewsNorShows() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.term.valid = false;
        assertThrows(StorageException.StaleEpoch.class, () -> world.manager.acquire(a, lid, false));
        assertThrows(StorageException.StaleEpoch.class, () -> world.manager.renewSession(a));
        assertThrows(StorageException.StaleEpoch.class, () -> world.manager.describe(List.of(lid)));
        assertThrows(StorageException.StaleEpoch.class, () -> world.manager.totals());
    }

    @Test
    void aDeposedLeaderCannotCommitAndStopsForGood() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var old = world.manager;
        var lease = world.granted(a, lid, false);
        world.newLeader();
        assertThrows(StorageException.StaleEpoch.class, () -> old.delete(List.of(lid)));
        assertThrows(StorageException.StaleEpoch.class, () -> old.renewSession(a));
        assertTrue(old.hasEnded());
        assertTrue(lease.placed().isEmpty());
    }

    @Test
    void epochsGrowWhenTheComponentIsReplacedWithinOneTerm() throws InterruptedException {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var before = world.granted(a, lid, false).epoch();
        world.restartInTerm();
        world.manager.closeSession(a);
        var after = world.granted(world.session(1), lid, false).epoch();
        assertTrue(after.compareTo(before) > 0, after + " after " + before);
        assertEquals(before.term(), after.term());
    }

    @Test
    void aSessionIdIsNotUsedTwice() {
        var a = world.session(1);
        assertEquals(LEASE_MILLIS, ok(world.manager.openSession(a, "n1", process(1))), "asking again is harmless");
        world.newLeader();
        assertEquals(
                Outcome.Kind.NOT_FOUND,
                refusal(world.manager.openSession(a, "n1", process(1))).kind());
    }

    @Test
    void aSessionThatEndsWhileAPlaceIsSoughtIsNotGranted() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        world.chunks.beforeReply(() -> world.manager.closeSession(a));
        assertInstanceOf(LeaseResult.SessionOver.class, world.manager.acquire(a, lid, true));
    }

    @Test
    void aLeaseThatIsGivenBackWhileAPlaceIsSoughtIsNotGranted() {
        var lid = world.thin(1).getFirst();
        var a = world.session(1);
        var epoch = world.granted(a, lid, false).epoch();
        world.chunks.beforeReply(() -> world.manager.release(a, lid, epoch));
        assertInstanceOf(LeaseResult.Held.class, world.manager.acquire(a, lid, true));
        world.chunks.beforeReply(() -> {});
        var next = world.granted(world.session(2), lid, true);
        assertEquals(3, next.placed().orElseThrow().location().size(), "the place was made all the same");
    }

    @Test
    void whatIsNotKnownIsSaidToBeUnknown() {
        var lid = world.thin(1).getFirst();
        assertInstanceOf(LeaseResult.SessionOver.class, world.manager.acquire(SessionId.random(), lid, true));
        world.manager.delete(List.of(lid));
        assertInstanceOf(LeaseResult.Unknown.class, world.manager.acquire(world.session(1), lid, true));
    }
}
