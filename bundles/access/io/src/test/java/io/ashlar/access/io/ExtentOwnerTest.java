package io.ashlar.access.io;

import static io.ashlar.access.io.OwnerBench.MILLI;
import static io.ashlar.access.io.OwnerBench.anythingTo;
import static io.ashlar.access.io.OwnerBench.writesTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.StorageException;
import io.ashlar.store.WriteResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The histories that the safety rules name, step by step.
class ExtentOwnerTest {
    private final OwnerBench.World world = new OwnerBench.World();
    private final OwnerBench bench = new OwnerBench(world);

    private static final WriteResult FAILED =
            new WriteResult.Failed(new StorageException.MediaFailed("injected", null));

    private static List<ChunkId> chunks(int... ids) {
        return java.util.Arrays.stream(ids).mapToObj(ChunkId::new).toList();
    }

    private static void writeAll(OwnerBench bench, int sector, int fill) {
        var answered = bench.write(sector, fill);
        bench.runAll();
        assertTrue(answered.isDone(), () -> "" + answered.result);
    }

    private static byte readAll(OwnerBench bench, int sector) {
        var answered = bench.read(sector);
        bench.runAll();
        return answered.firstByte().orElseThrow(() -> new AssertionError("" + answered.result));
    }

    // ---- S1 -------------------------------------------------------------------------------------------------------

    @Test
    void writesThatReachedOnlyADeadOwnersChunkNeverWinOverLaterOnes() {
        writeAll(bench, 0, 10);
        bench.write(0, 11);
        bench.write(1, 12);
        bench.run(writesTo(1)); // W11 and W12 reach only A
        bench.dies();

        var second = new OwnerBench(world);
        second.away.put(new ChunkId(1), OwnerView.Presence.GONE);
        writeAll(second, 0, 21); // W11' on B and C
        second.dies();

        var third = new OwnerBench(world);
        assertEquals(21, readAll(third, 0));
        assertEquals(0, readAll(third, 1));
        assertFalse(world.location().contains(new ChunkId(1)));
    }

    @Test
    void aStaleSegmentThatIsStillListedIsNeverChosen() {
        writeAll(bench, 0, 10);
        bench.dies();
        var second = new OwnerBench(world);
        second.away.put(new ChunkId(1), OwnerView.Presence.GONE);
        assertEquals(10, readAll(second, 0)); // a sync for reads alone leaves A listed
        assertEquals(chunks(1, 2, 3), world.location());
        second.dies();
        var third = new OwnerBench(world);
        third.away.put(new ChunkId(2), OwnerView.Presence.GONE);
        third.away.put(new ChunkId(3), OwnerView.Presence.GONE);
        var read = third.read(0);
        for (int i = 0; i < 600; i++) {
            third.runAll();
            third.passes(10);
        }
        var failed = assertInstanceOf(OpResult.Failed.class, read.result);
        assertTrue(
                failed.failure().message().contains("only stale replicas are alive: c1"),
                failed.failure().message());
    }

    @Test
    void anInterruptedStampCostsNoReplica() {
        writeAll(bench, 0, 10);
        bench.dies();
        var second = new OwnerBench(world);
        second.read(0);
        second.run(action ->
                !(action instanceof Action.SendStamp stamp && stamp.chunk().value() != 1)
                        && !(action instanceof Action.AskSynced));
        assertTrue(world.segment(1).generation.compareTo(world.segment(2).generation) > 0);
        second.dies();
        var third = new OwnerBench(world);
        writeAll(third, 0, 30);
        assertEquals(chunks(1, 2, 3), world.location());
        assertEquals(world.segment(1).generation, world.segment(3).generation);
    }

    // ---- S2 -------------------------------------------------------------------------------------------------------

    @Test
    void aFencedOwnerRemovesNobodyAndAcknowledgesNothing() {
        writeAll(bench, 0, 10);
        var late = bench.write(0, 11);
        world.manager.endSessions();
        var next = new OwnerBench(world);
        next.away.put(new ChunkId(1), OwnerView.Presence.GONE);
        writeAll(next, 0, 20); // fences B and C
        bench.run(anythingTo(1, 2, 3)); // A takes the write, B and C refuse it
        assertNull(late.result);
        assertTrue(bench.waiting(Action.AskRemove.class).isEmpty());
        assertEquals(chunks(2, 3), world.location());
        assertEquals(20, readAll(next, 0));
    }

    @Test
    void aRemovalByADeposedOwnerIsRefusedAndEndsItsLease() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        bench.answerWrite(3, FAILED);
        bench.run(anythingTo(1, 2));
        assertEquals(1, bench.waiting(Action.AskRemove.class).size());
        world.manager.endSessions();
        var next = new OwnerBench(world);
        next.read(0);
        next.run(action -> action instanceof Action.AskAcquire);
        bench.run(action -> action instanceof Action.AskRemove);
        assertNull(write.result);
        assertEquals(chunks(1, 2, 3), world.location());
        assertEquals(ExtentOwner.Phase.ASKING, bench.owner.phase());
    }

    // ---- S4 -------------------------------------------------------------------------------------------------------

    @Test
    void afterAnUnknownOutcomeNothingIsServedUntilASyncUnderANewEpoch() {
        writeAll(bench, 0, 10);
        LeaseEpoch before = bench.owner.epoch();
        var unknown = bench.write(0, 11);
        bench.lose(writesTo(2).or(writesTo(3)));
        bench.run(writesTo(1).and(action -> false));
        bench.lose(writesTo(1));
        var elsewhere = bench.read(5);
        bench.lose(action -> action instanceof Action.SendRead);
        bench.passes(150); // all timed out
        assertTrue(bench.waiting(Action.SendRead.class).isEmpty());
        assertEquals(1, bench.waiting(Action.AskRenewEpoch.class).size());
        assertNull(elsewhere.result);
        bench.runAll();
        assertTrue(bench.owner.epoch().compareTo(before) > 0);
        assertTrue(unknown.isDone());
        assertEquals(Optional.of((byte) 0), elsewhere.firstByte());
        assertEquals(chunks(1, 2, 3), world.location());
    }

    @Test
    void readsWaitForOverlappingWritesInFlight() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        var read = bench.read(0);
        bench.run(writesTo(1));
        assertTrue(bench.waiting(Action.SendRead.class).isEmpty());
        bench.runAll();
        assertTrue(write.isDone());
        assertEquals(Optional.of((byte) 11), read.firstByte());
    }

    @Test
    void aSegmentThatFailedAWriteIsNotReadAgain() {
        writeAll(bench, 0, 10);
        bench.write(1, 11);
        bench.answerWrite(1, FAILED);
        bench.answerWrite(2, FAILED);
        for (int i = 0; i < 5; i++) {
            bench.read(0);
        }
        assertTrue(bench.waiting(Action.SendRead.class).stream()
                .allMatch(read -> read.chunk().value() == 3));
    }

    @Test
    void aWriteThatWasGivenUpKeepsItsRangeUntilTheReplicasAreEqual() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        bench.run(writesTo(1));
        bench.answerWrite(2, FAILED);
        bench.answerWrite(3, FAILED);
        for (int i = 0; i < 600; i++) {
            bench.passes(10); // the manager does not answer
            bench.lose(action -> action instanceof Action.AskRemove);
        }
        assertInstanceOf(OpResult.Failed.class, write.result);
        var read = bench.read(0);
        assertTrue(bench.waiting(Action.SendRead.class).isEmpty());
        bench.passes(600);
        bench.runAll();
        assertEquals(Optional.of((byte) 11), read.firstByte());
        assertEquals(chunks(1), world.location());
    }

    @Test
    void aWriteOfUnknownOutcomeIsNotSentAgainWhenOthersHaveServedTheExtent() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        bench.run(writesTo(1).or(writesTo(2)).or(writesTo(3)).and(action -> false));
        world.manager.endSessions();
        var next = new OwnerBench(world);
        writeAll(next, 0, 20);
        next.dies();
        bench.run(anythingTo(1, 2, 3)); // fenced
        world.manager.openSession(bench.session, "n1", new io.ashlar.base.ProcessIdentity("m", "b", 1, 1));
        bench.runAll();
        assertInstanceOf(OpResult.Failed.class, write.result);
        assertEquals(20, readAll(bench, 0));
    }

    @Test
    void aWriteOfUnknownOutcomeIsSentAgainWhenNobodyElseHasServed() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        bench.lose(writesTo(1).or(writesTo(2)).or(writesTo(3)));
        world.manager.endSessions();
        bench.event(new Event.SessionOver(1));
        world.manager.openSession(bench.session, "n1", new io.ashlar.base.ProcessIdentity("m", "b", 1, 1));
        bench.runAll();
        assertTrue(write.isDone());
        assertEquals(11, readAll(bench, 0));
    }

    // ---- S5, S7 ---------------------------------------------------------------------------------------------------

    @Test
    void nothingIsReadOrWrittenBeforeTheSyncIsRecorded() {
        bench.write(0, 10);
        bench.read(1);
        bench.run(action -> !(action instanceof Action.AskSynced));
        assertEquals(1, bench.waiting(Action.AskSynced.class).size());
        assertTrue(bench.waiting(Action.SendWrite.class).isEmpty());
        assertTrue(bench.waiting(Action.SendRead.class).isEmpty());
        bench.run(action -> action instanceof Action.AskSynced);
        assertEquals(3, bench.waiting(Action.SendWrite.class).size());
    }

    @Test
    void whatWasReadIsNotAnsweredPastTheLeaseAndNoWriteIsSent() {
        writeAll(bench, 0, 10);
        bench.provenUntil = world.now + 50 * MILLI;
        var read = bench.read(0);
        world.now += 60 * MILLI;
        bench.runAll();
        assertNull(read.result);
        var write = bench.write(1, 11);
        assertTrue(bench.waiting(Action.SendWrite.class).isEmpty());
        bench.provenUntil = world.now + 50 * MILLI; // the renewal is confirmed after all
        bench.passes(10);
        bench.runAll();
        assertEquals(Optional.of((byte) 10), read.firstByte());
        assertTrue(write.isDone());
    }

    @Test
    void zerosOfAnExtentWithoutAPlaceNeedAProvenLeaseToo() {
        bench.provenUntil = 0;
        var read = bench.read(0);
        bench.runAll();
        assertNull(read.result);
        bench.provenUntil = Long.MAX_VALUE;
        bench.passes(10);
        assertEquals(Optional.of((byte) 0), read.firstByte());
        assertNull(world.manager.placed(OwnerBench.LID));
    }

    // ---- AC-07..10, EM-30 -----------------------------------------------------------------------------------------

    @Test
    void afterAFastFailureTheSlowSuccessIsWaitedForAndOnlyTheFailedIsRemoved() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        bench.answerWrite(2, FAILED);
        bench.run(writesTo(3));
        assertTrue(bench.waiting(Action.AskRemove.class).isEmpty());
        bench.run(writesTo(1));
        assertEquals(1, bench.waiting(Action.AskRemove.class).size());
        assertNull(write.result);
        bench.runAll();
        assertTrue(write.isDone());
        assertEquals(chunks(1, 3), world.location());
    }

    @Test
    void whenAllFailNoneIsRemovedAndTheClientIsToldInTheEnd() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        for (int attempt = 0; attempt < LIMIT_OF_ATTEMPTS; attempt++) {
            assertNull(write.result);
            for (int chunk = 1; chunk <= 3; chunk++) {
                bench.answerWrite(chunk, FAILED);
            }
            bench.passes(200);
            bench.run(action -> !(action instanceof Action.SendWrite));
        }
        assertInstanceOf(OpResult.Failed.class, write.result);
        assertEquals(chunks(1, 2, 3), world.location());
        assertEquals(10, readAll(bench, 0));
    }

    private static final int LIMIT_OF_ATTEMPTS = OwnerBench.LIMITS.attempts();

    @Test
    void laterWritesAreAcknowledgedOnlyAfterTheRemovalThatTheyNeed() {
        writeAll(bench, 0, 10);
        var first = bench.write(0, 11);
        var second = bench.write(1, 12);
        bench.run(writesTo(1).or(writesTo(2)));
        bench.answerWrite(3, FAILED);
        bench.lose(writesTo(3));
        var third = bench.write(2, 13);
        assertTrue(bench.waiting(Action.SendWrite.class).stream()
                .noneMatch(send -> send.chunk().value() == 3));
        bench.run(writesTo(1).or(writesTo(2)));
        assertNull(first.result);
        assertNull(second.result);
        assertNull(third.result);
        bench.runAll();
        assertTrue(first.isDone() && second.isDone() && third.isDone());
    }

    @Test
    void aChunkThatComesBackBeforeTheFirstWriteStays() {
        writeAll(bench, 0, 10);
        bench.dies();
        var second = new OwnerBench(world);
        second.away.put(new ChunkId(1), OwnerView.Presence.GONE);
        assertEquals(10, readAll(second, 0));
        second.away.clear();
        writeAll(second, 0, 20);
        assertEquals(chunks(1, 2, 3), world.location());
        assertTrue(world.segment(1).sameBytes(world.segment(2)));
    }

    @Test
    void aSyncWaitsAMomentForAChunkThatMayCome() {
        writeAll(bench, 0, 10);
        bench.dies();
        var second = new OwnerBench(world);
        second.away.put(new ChunkId(1), OwnerView.Presence.AWAITED);
        var write = second.write(0, 20);
        second.runAll();
        assertNull(write.result);
        second.passes(50);
        second.away.clear();
        second.passes(10);
        second.runAll();
        assertTrue(write.isDone());
        assertEquals(chunks(1, 2, 3), world.location());
    }

    @Test
    void aBusyChunkGetsItsWritesAgainInOrderAndIsNotRemoved() {
        writeAll(bench, 0, 10);
        var first = bench.write(0, 11);
        var second = bench.write(1, 12);
        bench.answerWrite(1, new WriteResult.Busy());
        bench.runAll(); // the second one is out of order at chunk 1
        bench.passes(20);
        bench.runAll();
        assertTrue(first.isDone() && second.isDone());
        assertEquals(chunks(1, 2, 3), world.location());
    }

    @Test
    void aLateAnswerFromAnEarlierEpochIsIgnored() {
        writeAll(bench, 0, 10);
        var write = bench.write(0, 11);
        var early = bench.waiting(Action.SendWrite.class).getFirst();
        bench.lose(action -> action instanceof Action.SendWrite);
        bench.passes(150);
        bench.run(action -> !(action instanceof Action.SendWrite));
        bench.event(new Event.WriteAnswered(
                early.op(),
                early.write().generation().epoch(),
                early.lane(),
                new WriteResult.Applied(early.write().generation())));
        assertNull(write.result);
        bench.runAll();
        assertTrue(write.isDone());
    }

    @Test
    void overlappingWritesAreDoneInTheOrderOfTheirArrival() {
        writeAll(bench, 0, 10);
        var first = bench.write(0, 11);
        var second = bench.write(0, 12);
        assertEquals(3, bench.waiting(Action.SendWrite.class).size());
        bench.runAll();
        assertTrue(first.isDone() && second.isDone());
        assertEquals(12, readAll(bench, 0));
    }
}
