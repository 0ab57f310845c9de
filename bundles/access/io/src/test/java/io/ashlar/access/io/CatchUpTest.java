package io.ashlar.access.io;

import static io.ashlar.access.io.OwnerBench.anythingTo;
import static io.ashlar.access.io.OwnerBench.writesTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.StorageException;
import io.ashlar.base.Units;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.WriteResult;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Segments that lag after a crash, and how a sync brings them up (the delta of S1).
class CatchUpTest {
    private final OwnerBench.World world = new OwnerBench.World();
    private final OwnerBench bench = new OwnerBench(world);
    private final OwnerBench next = new OwnerBench(world);

    private static List<ChunkId> chunks(int... ids) {
        return Arrays.stream(ids).mapToObj(ChunkId::new).toList();
    }

    private static void written(OwnerBench bench, int sector, int fill) {
        var answered = bench.write(sector, fill);
        bench.runAll();
        assertTrue(answered.isDone(), () -> "" + answered.result);
    }

    private void isRead(int fill, int sector) {
        var answered = next.read(sector);
        next.runAll();
        assertEquals((byte) fill, answered.firstByte().orElseThrow(() -> new AssertionError("" + answered.result)));
    }

    /// Three writes that c1 and c2 have and c3 does not; then the owner is gone.
    private void crashWithALaggard() {
        written(bench, 0, 10);
        for (int sector = 1; sector <= 3; sector++) {
            bench.write(sector, 20 + sector);
        }
        bench.run(writesTo(1).or(writesTo(2)));
        bench.dies();
    }

    private void assertEqual(int one, int other) {
        assertEquals(world.segment(one).generation, world.segment(other).generation);
        assertTrue(world.segment(one).sameBytes(world.segment(other)));
    }

    private static boolean catchesUp(Action action) {
        return action instanceof Action.AskHistory
                || action instanceof Action.ReadPatch
                || action instanceof Action.SendAdvance;
    }

    @AfterEach
    void allMemoryIsBack() {
        assertEquals(0, next.buffers.out());
        assertEquals(0, next.budget.takenBytes());
    }

    @Test
    void aLaggardIsBroughtUpAndStays() {
        crashWithALaggard();
        written(next, 5, 30);
        assertEquals(chunks(1, 2, 3), world.location());
        assertEqual(1, 3);
        isRead(23, 3);
    }

    @Test
    void aSyncForReadsAloneBringsItUpToo() {
        crashWithALaggard();
        isRead(21, 1);
        assertEqual(1, 3);
    }

    @Test
    void replicasAreComparedOnlyWhenAllAreInStep() {
        crashWithALaggard();
        var verified = next.verify();
        next.runAll();
        var compared = assertInstanceOf(OpResult.Compared.class, verified.result);
        assertTrue(compared.report().orElseThrow().identical(), () -> "" + compared);
    }

    @Test
    void aChunkThatWasAwayDuringASyncForReadsIsBroughtUpForAComparison() {
        crashWithALaggard();
        next.away.put(new ChunkId(3), OwnerView.Presence.GONE);
        isRead(21, 1);
        assertNotEquals(world.segment(1).generation, world.segment(3).generation);
        next.away.clear();
        var verified = next.verify();
        next.runAll();
        var compared = assertInstanceOf(OpResult.Compared.class, verified.result);
        assertTrue(compared.report().orElseThrow().identical(), () -> "" + compared);
        assertEquals(chunks(1, 2, 3), world.location());
    }

    @Test
    void aComparisonWithAChunkThatStaysAwayIsAnsweredAllTheSame() {
        crashWithALaggard();
        next.away.put(new ChunkId(3), OwnerView.Presence.GONE);
        var verified = next.verify();
        next.runAll();
        var compared = assertInstanceOf(OpResult.Compared.class, verified.result);
        assertFalse(compared.report().orElseThrow().identical());
        assertEquals(chunks(1, 2, 3), world.location());
    }

    @Test
    void aStaleSegmentThatIsABeginningOfTheOthersIsBroughtUpByALaterOwner() {
        crashWithALaggard();
        next.away.put(new ChunkId(3), OwnerView.Presence.GONE);
        isRead(21, 1); // the floor is above c3 now, which is still listed
        next.dies();
        var third = new OwnerBench(world);
        written(third, 5, 30);
        assertEquals(chunks(1, 2, 3), world.location());
        assertEqual(1, 3);
    }

    @Test
    void aSegmentWithAWriteOfItsOwnIsNotBroughtUpAndLeavesAtTheFirstWrite() {
        written(bench, 0, 10);
        bench.write(0, 11);
        bench.write(1, 12);
        bench.run(writesTo(1)); // W11 and W12 reach only c1
        bench.dies();
        next.away.put(new ChunkId(1), OwnerView.Presence.GONE);
        isRead(10, 0);
        next.dies();

        var third = new OwnerBench(world);
        assertNull(third.read(9).result);
        third.runAll();
        assertEquals(chunks(1, 2, 3), world.location());
        assertEquals(0, world.chunks.getFirst().advances);
        written(third, 0, 21);
        assertEquals(chunks(2, 3), world.location());
    }

    @Test
    void whatNoSegmentRemembersLeavesAtTheFirstWrite() {
        world.chunks.forEach(chunk -> chunk.changesKept = 2);
        crashWithALaggard();
        written(next, 5, 30);
        assertEquals(chunks(1, 2), world.location());
    }

    @Test
    void whenTheSourceDiesInTheMiddleAnotherOneIsAsked() {
        crashWithALaggard();
        var write = next.write(5, 30);
        next.run(action -> !(action instanceof Action.ReadPatch));
        assertEquals(1, next.waiting(Action.ReadPatch.class).size());
        assertEquals(
                new ChunkId(1), next.waiting(Action.ReadPatch.class).getFirst().source());
        next.lose(anythingTo(1));
        next.away.put(new ChunkId(1), OwnerView.Presence.GONE);
        next.passes(10);
        next.run(action -> !anythingTo(1).test(action));
        next.passes(200);
        next.runAll();
        assertTrue(write.isDone(), () -> "" + write.result);
        assertEquals(chunks(2, 3), world.location());
        assertEqual(2, 3);
    }

    @Test
    void aDamagedSourceIsNotCopiedFrom() {
        crashWithALaggard();
        world.segment(1).damaged.set(2);
        written(next, 5, 30);
        assertEquals(chunks(1, 2, 3), world.location());
        isRead(22, 2);
        assertTrue(next.done.stream()
                .anyMatch(action ->
                        action instanceof Action.ReadPatch read && read.source().value() == 2));
    }

    @Test
    void aLaggardWithoutRoomLeavesAtTheFirstWrite() {
        crashWithALaggard();
        world.chunks.get(2).freeBytes = 0;
        isRead(21, 1);
        assertEquals(chunks(1, 2, 3), world.location());
        written(next, 5, 30);
        assertEquals(chunks(1, 2), world.location());
    }

    @Test
    void aLaggardThatDoesNotAnswerLeavesInTime() {
        crashWithALaggard();
        var write = next.write(5, 30);
        next.run(action -> !(action instanceof Action.SendAdvance));
        next.lose(action -> action instanceof Action.SendAdvance);
        next.passes(OwnerBench.LIMITS.writeNanos() / OwnerBench.MILLI);
        next.runAll();
        assertTrue(write.isDone());
        assertEquals(chunks(1, 2), world.location());
    }

    @Test
    void sourcesThatPutItOffOrSayNothingCostABoundedTime() {
        crashWithALaggard();
        var write = next.write(5, 30);
        next.run(action -> !catchesUp(action));
        for (int i = 0; i < 130; i++) { // the first one never knows now, the second one never says anything
            for (var ask : next.waiting(Action.AskHistory.class)) {
                if (ask.source().value() == 1) {
                    next.pending.remove(ask);
                    var failed = new HistoryResult.Failed(new StorageException.Unavailable("not yet"));
                    next.event(new Event.HistoryAnswered(ask.round(), ask.laggard(), ask.attempt(), failed));
                }
            }
            next.passes(10);
            next.run(action -> !catchesUp(action));
        }
        next.runAll();
        assertTrue(write.isDone(), () -> "" + write.result);
        assertEquals(chunks(1, 2), world.location());
    }

    @Test
    void aLostAnswerIsFoundOutBySendingTheSameAgain() {
        crashWithALaggard();
        var write = next.write(5, 30);
        next.run(action -> !(action instanceof Action.SendAdvance));
        var advance = next.waiting(Action.SendAdvance.class).getFirst();
        world.chunks.get(2).advance(advance.advance(), advance.data(), advance.checksums(), lost -> {});
        next.pending.remove(advance);
        next.answerAdvance(advance, new WriteResult.Failed(new StorageException.Unavailable("connection lost")));
        next.passes(10);
        next.runAll();
        assertTrue(write.isDone());
        assertEquals(chunks(1, 2, 3), world.location());
        assertEqual(1, 3);
    }

    @Test
    void aBusySourceIsAskedAgain() {
        crashWithALaggard();
        var write = next.write(5, 30);
        next.run(action -> !(action instanceof Action.ReadPatch));
        var read = next.waiting(Action.ReadPatch.class).getFirst();
        next.pending.remove(read);
        next.answerPatch(read, new ReadResult.Busy());
        next.passes(10);
        next.runAll();
        assertTrue(write.isDone());
        assertEquals(chunks(1, 2, 3), world.location());
    }

    @Test
    void whenTheLeaseIsLostNothingOfItGoesOn() {
        crashWithALaggard();
        next.write(5, 30);
        next.run(action -> !(action instanceof Action.ReadPatch));
        var read = next.waiting(Action.ReadPatch.class).getFirst();
        next.event(new Event.SessionOver(1));
        next.pending.remove(read);
        next.answerPatch(read, new ReadResult.Done());
        assertTrue(next.waiting(Action.SendAdvance.class).isEmpty());
        assertEquals(0, world.chunks.get(2).advances);
    }

    @Test
    void whatWasReadPastTheLeaseIsNotSentOn() {
        crashWithALaggard();
        var write = next.write(5, 30);
        next.run(action -> !(action instanceof Action.ReadPatch));
        next.provenUntil = world.now;
        next.run(action -> action instanceof Action.ReadPatch);
        next.passes(50);
        assertTrue(next.waiting(Action.SendAdvance.class).isEmpty());
        next.provenUntil = Long.MAX_VALUE; // the renewal is confirmed after all
        next.passes(10);
        next.runAll();
        assertTrue(write.isDone());
        assertEqual(1, 3);
    }

    @Test
    void aLaggardThatIsFencedByASuccessorEndsTheLease() {
        crashWithALaggard();
        next.write(5, 30);
        next.run(action -> !(action instanceof Action.SendAdvance));
        world.manager.endSessions();
        var third = new OwnerBench(world);
        third.read(0);
        third.runAll();
        var fenced = world.segment(3).generation;
        next.run(action -> action instanceof Action.SendAdvance);
        assertEquals(fenced, world.segment(3).generation);
        assertEquals(ExtentOwner.Phase.ASKING, next.owner.phase());
    }

    @Test
    void memoryForManyExtentsIsBounded() {
        crashWithALaggard();
        assertTrue(next.budget.take(CopyBudget.MAX_BYTES));
        var write = next.write(5, 30);
        next.runAll();
        next.passes(50);
        assertTrue(next.waiting(Action.ReadPatch.class).isEmpty());
        assertNull(write.result);
        next.budget.giveBack(CopyBudget.MAX_BYTES);
        next.passes(10);
        next.runAll();
        assertTrue(write.isDone());
        assertEquals(chunks(1, 2, 3), world.location());
    }

    // ---- what is in flight ----------------------------------------------------------------------------------------

    @Test
    void noMoreWritesAreOnTheirWayThanOneAdvanceCanMend() {
        written(bench, 0, 10);
        int more = 10;
        for (int i = 0; i < SegmentAdvance.MAX_PATCHES + more; i++) {
            bench.write(i, i);
        }
        assertEquals(SegmentAdvance.MAX_PATCHES, sentTo(1));
        bench.run(writesTo(1).or(writesTo(2)));
        assertEquals(0, sentTo(1)); // c3 still lacks them all
        assertEquals(SegmentAdvance.MAX_PATCHES, sentTo(3));
        bench.dies();
        written(next, 500, 30);
        assertEquals(chunks(1, 2, 3), world.location());
        assertEqual(1, 3);
    }

    @Test
    void theNextGoesAsSoonAsOneIsOnAllReplicas() {
        written(bench, 0, 10);
        var writes = new java.util.ArrayList<OwnerBench.Answered>();
        for (int i = 0; i < SegmentAdvance.MAX_PATCHES + 3; i++) {
            writes.add(bench.write(i, i));
        }
        bench.answerWrite(3, new WriteResult.Failed(new StorageException.MediaFailed("injected", null)));
        bench.run(writesTo(1).or(writesTo(2)));
        assertEquals(0, sentTo(1)); // c3 is not removed yet
        bench.runAll();
        assertTrue(writes.stream().allMatch(OwnerBench.Answered::isDone));
        assertEquals(chunks(1, 2), world.location());
    }

    @Test
    void noMoreBytesAreOnTheirWayThanOneAdvanceCanMend() {
        written(bench, 0, 10);
        int sectors = Units.MAX_IO_BYTES / 2 / Units.SECTOR_BYTES;
        var first = bench.write(0, sectors, 1);
        var second = bench.write(sectors, sectors, 2);
        var third = bench.write(2 * sectors, 1, 3);
        var whole = bench.write(3 * sectors, 2 * sectors, 4);
        var read = bench.read(5 * sectors);
        assertEquals(2, sentTo(1));
        assertEquals(1, bench.waiting(Action.SendRead.class).size()); // reads do not wait for it
        bench.runAll();
        assertTrue(first.isDone() && second.isDone() && third.isDone() && whole.isDone());
        assertTrue(read.firstByte().isPresent());
    }

    @Test
    void aWriteThatWaitsIsGivenUpAtItsDeadline() {
        written(bench, 0, 10);
        int sectors = Units.MAX_IO_BYTES / Units.SECTOR_BYTES;
        bench.write(0, sectors, 1);
        bench.run(writesTo(1).or(writesTo(2)));
        var waits = bench.write(sectors, 2);
        for (int i = 0; i < 600; i++) {
            bench.passes(10);
            bench.lose(action -> action instanceof Action.AskRemove);
        }
        assertInstanceOf(OpResult.Failed.class, waits.result);
        bench.runAll();
        bench.passes(600);
        bench.runAll();
        var read = bench.read(sectors);
        bench.runAll();
        assertEquals((byte) 0, read.firstByte().orElseThrow());
    }

    private long sentTo(int chunk) {
        return bench.waiting(Action.SendWrite.class).stream()
                .filter(write -> write.chunk().value() == chunk)
                .count();
    }
}
