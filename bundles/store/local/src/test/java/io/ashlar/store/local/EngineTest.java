package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.BLOCK;
import static io.ashlar.store.local.Rig.SECTOR;
import static io.ashlar.store.local.Rig.epoch;
import static io.ashlar.store.local.Rig.generation;
import static io.ashlar.store.local.Rig.pattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import io.ashlar.base.Units;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.DigestResult;
import io.ashlar.store.FenceResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentState;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EngineTest {
    private static final Pid P = new Pid(0x123);
    private static final Pid Q = new Pid(0x124);

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void whatWasWrittenIsReadBackAndTheRestIsZero() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            var data = pattern(5, 3 * SECTOR);

            assertEquals(
                    new WriteResult.Applied(generation(1, 1)), rig.write(P, generation(1, 1), BLOCK - SECTOR, data));

            assertArrayEquals(data, rig.bytes(P, 1, BLOCK - SECTOR, data.length));
            assertArrayEquals(new byte[SECTOR], rig.bytes(P, 1, 0, SECTOR));
            assertArrayEquals(new byte[SECTOR], rig.bytes(P, 1, Units.EXTENT_BYTES - SECTOR, SECTOR));
        }
    }

    @Test
    void oneByteTakesOneBlock() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 5 * BLOCK + SECTOR, pattern(1, SECTOR));

            assertEquals(BLOCK, rig.engine.stats().usedBytes());
            var expected = new BitSet();
            expected.set(5);
            assertEquals(new BlockMapResult.Map(expected), rig.blockMap(P, 1));
        }
    }

    @Test
    void aSegmentIsMadeOnlyWhereItMayBe() throws IOException {
        try (var rig = new Rig(disk)) {
            var stranger = new SegmentIdentity(P, Rig.identity(P).lid(), 7, 0, false);

            assertEquals(
                    new FenceResult.Missing(), Rig.<FenceResult>await(c -> rig.engine.fence(stranger, epoch(1), c)));
            assertEquals(new WriteResult.Missing(), rig.write(P, generation(1, 1), 0, pattern(1, SECTOR)));
            assertEquals(new ReadResult.Missing(), rig.read(P, 1, 0, new byte[SECTOR]));
            assertEquals(new BlockMapResult.Missing(), rig.blockMap(P, 1));
            assertEquals(new SegmentState(Generation.ZERO, true), rig.fenced(P, 1));
        }
    }

    @Test
    void aWriteIsAdmittedOnlyUnderItsFenceAndInOrder() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 2);
            var data = pattern(1, SECTOR);

            assertEquals(new WriteResult.Fenced(epoch(2)), rig.write(P, generation(1, 1), 0, data));
            assertEquals(new WriteResult.OutOfOrder(generation(2, 0)), rig.write(P, generation(2, 2), 0, data));
            assertEquals(new WriteResult.OutOfOrder(generation(2, 0)), rig.write(P, generation(3, 1), 0, data));
            assertEquals(new WriteResult.Applied(generation(2, 1)), rig.write(P, generation(2, 1), 0, data));
            assertEquals(new WriteResult.OutOfOrder(generation(2, 1)), rig.write(P, generation(2, 1), 0, data));
        }
    }

    @Test
    void aNewFenceStopsWritesUntilTheSegmentIsStamped() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));

            assertEquals(new SegmentState(generation(1, 1), true), rig.fenced(P, 2));
            assertEquals(
                    new WriteResult.OutOfOrder(generation(1, 1)),
                    rig.write(P, generation(2, 2), 0, pattern(2, SECTOR)));
            assertEquals(new WriteResult.OutOfOrder(generation(1, 1)), rig.stamp(P, 2, generation(1, 0)));
            assertEquals(new WriteResult.Applied(generation(2, 1)), rig.stamp(P, 2, generation(1, 1)));
            assertEquals(
                    new WriteResult.Applied(generation(2, 2)), rig.write(P, generation(2, 2), 0, pattern(2, SECTOR)));
        }
    }

    @Test
    void aFenceRefusesLowerEpochsAlsoAfterReopening() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 5);
        }
        try (var rig = new Rig(disk)) {
            assertEquals(new FenceResult.Refused(epoch(5)), rig.fence(P, 4));
            assertEquals(new ReadResult.Fenced(epoch(5)), rig.read(P, 4, 0, new byte[SECTOR]));
            assertEquals(new WriteResult.Fenced(epoch(5)), rig.write(P, generation(4, 1), 0, pattern(1, SECTOR)));
            assertEquals(new WriteResult.Fenced(epoch(5)), rig.stamp(P, 4, generation(5, 0)));
            assertEquals(new BlockMapResult.Fenced(epoch(5)), rig.blockMap(P, 4));
            assertEquals(new SegmentState(generation(5, 0), true), rig.fenced(P, 5));
        }
    }

    @Test
    void aFenceThatIsAnsweredSurvivesPowerLoss() throws IOException {
        var rig = new Rig(disk);
        rig.open(P, 5);
        rig.fenced(P, 9);
        var survivor = disk.afterPowerLoss(new Random(1));
        rig.abandon();

        try (var again = new Rig(survivor)) {
            assertEquals(new FenceResult.Refused(epoch(9)), again.fence(P, 8));
        }
    }

    @Test
    void pipelinedWritesAreAppliedInOrder() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            var answers = new ArrayList<CompletableFuture<WriteResult>>();
            for (int i = 1; i <= 200; i++) {
                answers.add(rig.send(P, generation(1, i), i % 7 * SECTOR, pattern(i, SECTOR)));
            }
            for (int i = 1; i <= 200; i++) {
                assertEquals(new WriteResult.Applied(generation(1, i)), Rig.await(answers.get(i - 1)));
            }
            for (int slot = 0; slot < 7; slot++) {
                int last = 200 - (200 - slot) % 7;
                assertArrayEquals(pattern(last, SECTOR), rig.bytes(P, 1, slot * SECTOR, SECTOR));
            }
        }
    }

    @Test
    void discardGivesWholeBlocksBackAndZeroesTheRest() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, BLOCK));
            rig.write(P, generation(1, 2), BLOCK, pattern(2, BLOCK));
            rig.write(P, generation(1, 3), 2 * BLOCK, pattern(3, BLOCK));
            long before = disk.pagesOf(SegmentLayout.fileOf(P));

            rig.discard(P, generation(1, 4), SECTOR, 2 * BLOCK);

            assertArrayEquals(new byte[2 * BLOCK], rig.bytes(P, 1, SECTOR, 2 * BLOCK));
            assertEquals(2L * BLOCK, rig.engine.stats().usedBytes());
            assertTrue(
                    disk.pagesOf(SegmentLayout.fileOf(P)) < before - BLOCK / SECTOR + 3, "header pages may have come");
            assertArrayEquals(Arrays.copyOf(pattern(1, BLOCK), SECTOR), rig.bytes(P, 1, 0, SECTOR));
            rig.write(P, generation(1, 5), BLOCK + SECTOR, pattern(4, SECTOR));
            assertArrayEquals(new byte[SECTOR], rig.bytes(P, 1, BLOCK, SECTOR));
        }
    }

    @Test
    void zeroKeepsBlocksAllocated() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, BLOCK));

            rig.zero(P, generation(1, 2), 0, 2 * BLOCK);

            assertArrayEquals(new byte[2 * BLOCK], rig.bytes(P, 1, 0, 2 * BLOCK));
            assertEquals(2L * BLOCK, rig.engine.stats().usedBytes());
        }
    }

    @Test
    void aFullChunkRefusesBeforeAGenerationIsTaken() throws IOException {
        try (var rig = new Rig(disk, Rig.SMALL.withSpace(2L * BLOCK, 100, 0))) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));
            rig.write(P, generation(1, 2), BLOCK, pattern(2, SECTOR));

            assertEquals(new WriteResult.NoSpace(0), rig.write(P, generation(1, 3), 2 * BLOCK, pattern(3, SECTOR)));
            assertEquals(new WriteResult.NoSpace(0), rig.zero(P, generation(1, 3), 2 * BLOCK, SECTOR));
            assertEquals(
                    new WriteResult.Applied(generation(1, 3)), rig.write(P, generation(1, 3), 0, pattern(4, SECTOR)));
            assertEquals(new WriteResult.Applied(generation(1, 4)), rig.discard(P, generation(1, 4), BLOCK, BLOCK));
            assertEquals(
                    new WriteResult.Applied(generation(1, 5)),
                    rig.write(P, generation(1, 5), 2 * BLOCK, pattern(3, SECTOR)));
        }
    }

    @Test
    void theReserveOfAFullFileSystemIsLeftAlone() throws IOException {
        disk.setUsable(10L * BLOCK);
        try (var rig = new Rig(disk, Rig.SMALL.withSpace(0, 100, 10L * BLOCK - SECTOR))) {
            rig.open(P, 1);
            assertInstanceOf(WriteResult.NoSpace.class, rig.write(P, generation(1, 1), 0, pattern(1, SECTOR)));
            assertEquals(new SegmentState(generation(1, 0), true), rig.fenced(P, 1));
        }
    }

    @Test
    void usedSpaceIsCountedAnewWhenOpened() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));
            rig.write(P, generation(1, 2), 7 * BLOCK, pattern(1, SECTOR));
        }
        try (var rig = new Rig(disk)) {
            assertEquals(2L * BLOCK, rig.engine.stats().usedBytes());
            assertEquals(1, rig.engine.stats().segments());
        }
    }

    @Test
    void aFlippedBitOfDataIsDamageAndTheNeighboursAreGood() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, 3 * SECTOR));
            disk.flip(SegmentLayout.fileOf(P), SegmentLayout.dataPosition(SECTOR) + 77, 3);

            assertEquals(new ReadResult.Damaged(SECTOR), rig.read(P, 1, 0, new byte[3 * SECTOR]));
            assertArrayEquals(Arrays.copyOf(pattern(1, 3 * SECTOR), SECTOR), rig.bytes(P, 1, 0, SECTOR));
            assertEquals(new DigestResult.Damaged(SECTOR), rig.digest(P, 1));
            assertEquals(2, rig.engine.stats().damagedSectors());
        }
    }

    @Test
    void aFlippedBitOfAChecksumIsDamage() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, 3 * SECTOR));
            disk.flip(SegmentLayout.fileOf(P), SegmentLayout.checksumPosition(2 * SECTOR) + 1, 0);

            assertEquals(new ReadResult.Damaged(2 * SECTOR), rig.read(P, 1, 0, new byte[3 * SECTOR]));
        }
    }

    @Test
    void aFlippedBitOfTheBlockMapIsDamageAndNeverZeros() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));
        }
        try (var rig = new Rig(disk)) {
            rig.write(P, generation(1, 2), 0, pattern(2, SECTOR));
        }
        var newest = newestHeader(P);
        var page = newest.encode();
        int mapAt = indexOfMap(page, newest);
        disk.flip(SegmentLayout.fileOf(P), newest.slot() * 4096L + mapAt + 7, 0);

        try (var rig = new Rig(disk)) {
            assertEquals(new ReadResult.Damaged(0), rig.read(P, 1, 0, new byte[SECTOR]));
            assertFalse(rig.fenced(P, 1).complete());
            assertInstanceOf(WriteResult.Failed.class, rig.write(P, generation(1, 3), 0, pattern(3, SECTOR)));
        }
        try (var rig = new Rig(disk)) {
            assertFalse(rig.fenced(P, 1).complete(), "damage is remembered");
        }
    }

    private SegmentHeader newestHeader(Pid pid) throws IOException {
        var store = StoreIdentity.read(disk).store();
        var io = new SegmentIo(disk, store, new SegmentFiles(disk, 1));
        return io.readHeaders(pid).header().orElseThrow();
    }

    private static int indexOfMap(ByteBuffer page, SegmentHeader header) {
        long digest = header.progress().blocks().digest();
        int at = 0;
        while (page.getLong(at) != digest) {
            at += Integer.BYTES;
        }
        return at + Long.BYTES;
    }

    @Test
    void aSegmentWithoutAReadableHeaderIsIncompleteAndNotMissing() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));
        }
        disk.flip(SegmentLayout.fileOf(P), 200, 0);
        disk.flip(SegmentLayout.fileOf(P), 4096 + 200, 0);

        try (var rig = new Rig(disk)) {
            assertEquals(new SegmentState(Generation.ZERO, false), rig.fenced(P, 2));
            assertEquals(new ReadResult.Damaged(0), rig.read(P, 2, 0, new byte[SECTOR]));
            assertTrue(rig.drop(P));
            assertEquals(new SegmentState(Generation.ZERO, true), rig.fenced(P, 3));
        }
    }

    /// The SHA-256 of 256 MiB of zeros with `pattern(1, SECTOR)` at the second block.
    private static final String KNOWN_DIGEST = "5a184c3c9baecf29cd67f0848a4f0cd39c2a204ba5ed16ab7fa8a49398289b19";

    @Test
    void aDigestIsThatOfTheLogicalBytes() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), BLOCK, pattern(1, SECTOR));
            rig.zero(P, generation(1, 2), 9 * BLOCK, BLOCK);

            assertEquals(new DigestResult.Digest(generation(1, 2), KNOWN_DIGEST, 2L * BLOCK), rig.digest(P, 1));
        }
    }

    @Test
    @Tag("long")
    void equalBytesHaveEqualDigestsWhereverTheyLie() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.open(Q, 1);
            rig.write(P, generation(1, 1), BLOCK, pattern(1, SECTOR));
            rig.write(Q, generation(1, 1), BLOCK, pattern(1, SECTOR));
            rig.zero(Q, generation(1, 2), 9 * BLOCK, BLOCK);

            var p = assertInstanceOf(DigestResult.Digest.class, rig.digest(P, 1));
            var q = assertInstanceOf(DigestResult.Digest.class, rig.digest(Q, 1));
            assertEquals(p.sha256Hex(), q.sha256Hex());
            assertEquals(BLOCK, p.allocatedBytes());
            assertEquals(2L * BLOCK, q.allocatedBytes());
            rig.write(Q, generation(1, 3), BLOCK, pattern(2, SECTOR));
            assertNotEquals(
                    p.sha256Hex(),
                    assertInstanceOf(DigestResult.Digest.class, rig.digest(Q, 1))
                            .sha256Hex());
        }
    }

    @Test
    void theJournalGoesRoundManyTimesAndNothingIsLost() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            for (int i = 1; i <= 300; i++) {
                assertInstanceOf(
                        WriteResult.Applied.class,
                        rig.write(P, generation(1, i), i % 40 * 8 * SECTOR, pattern(i, 8 * SECTOR)));
            }
        }
        try (var rig = new Rig(disk)) {
            assertEquals(generation(1, 300), rig.fenced(P, 1).generation());
            for (int slot = 0; slot < 40; slot++) {
                int last = 300 - (300 - slot) % 40;
                assertArrayEquals(pattern(last, 8 * SECTOR), rig.bytes(P, 1, slot * 8 * SECTOR, 8 * SECTOR));
            }
        }
    }

    @Test
    void aDroppedSegmentIsGoneAndMayComeBackEmpty() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));

            assertTrue(rig.drop(P));

            assertEquals(new ReadResult.Missing(), rig.read(P, 1, 0, new byte[SECTOR]));
            assertEquals(0, rig.engine.stats().usedBytes());
            assertFalse(disk.exists(SegmentLayout.fileOf(P)));
            rig.open(P, 2);
            assertArrayEquals(new byte[SECTOR], rig.bytes(P, 2, 0, SECTOR));
            rig.write(P, generation(2, 1), SECTOR, pattern(2, SECTOR));
        }
        try (var rig = new Rig(disk)) {
            assertArrayEquals(new byte[SECTOR], rig.bytes(P, 2, 0, SECTOR));
            assertArrayEquals(pattern(2, SECTOR), rig.bytes(P, 2, SECTOR, SECTOR));
        }
    }

    @Test
    void moreRequestsThanTheQueueTakesAreBusyAndChangeNothing() throws IOException {
        try (var rig = new Rig(disk, Rig.SMALL.withQueue(4, 16L << 20))) {
            rig.open(P, 1);
            var answers = new ArrayList<CompletableFuture<WriteResult>>();
            // one lock for the disk: while it is held, the log cannot move
            synchronized (disk) {
                for (int i = 1; i <= 4096; i++) {
                    answers.add(rig.send(P, generation(1, i), 0, pattern(i, SECTOR)));
                }
            }
            long applied = 0;
            long busy = 0;
            for (var answer : answers) {
                switch (Rig.await(answer)) {
                    case WriteResult.Applied a -> applied++;
                    case WriteResult.Busy b -> busy++;
                    case WriteResult.OutOfOrder o -> {}
                    case WriteResult other -> throw new AssertionError(other);
                }
            }
            assertTrue(busy > 0, "busy " + busy);
            assertEquals(generation(1, applied), rig.fenced(P, 1).generation());
        }
    }

    @Test
    void aFailedSyncFailsThePartitionForGood() throws IOException {
        var rig = new Rig(disk);
        rig.open(P, 1);
        disk.failSyncs();

        assertInstanceOf(WriteResult.Failed.class, rig.write(P, generation(1, 1), 0, pattern(1, SECTOR)));
        assertInstanceOf(WriteResult.Failed.class, rig.write(P, generation(1, 1), 0, pattern(1, SECTOR)));
        assertInstanceOf(ReadResult.Failed.class, rig.read(P, 1, 0, new byte[SECTOR]));
        assertInstanceOf(FenceResult.Failed.class, rig.fence(P, 2));
        assertNotNull(rig.failure.get());
        rig.close();
    }

    @Test
    void whatWaitsWhenTheLogDiesIsAnsweredAsFailed() throws IOException {
        var rig = new Rig(disk);
        rig.open(P, 1);
        disk.dieOfWrites();
        var answers = new ArrayList<CompletableFuture<WriteResult>>();
        synchronized (disk) {
            for (int i = 1; i <= 5; i++) {
                answers.add(rig.send(P, generation(1, i), 0, pattern(i, SECTOR)));
            }
        }
        for (var answer : answers) {
            assertInstanceOf(WriteResult.Failed.class, Rig.await(answer));
        }
        assertNotNull(rig.failure.get());
        rig.close();
    }

    @Test
    void aClosedChunkAnswersThatItIsStopped() throws IOException {
        var rig = new Rig(disk);
        rig.open(P, 1);
        rig.close();

        assertInstanceOf(WriteResult.Failed.class, rig.write(P, generation(1, 1), 0, pattern(1, SECTOR)));
        assertInstanceOf(ReadResult.Failed.class, rig.read(P, 1, 0, new byte[SECTOR]));
    }

    @Test
    void zeroAndDiscardCarryNoData() throws IOException {
        try (var rig = new Rig(disk)) {
            var write = new SegmentWrite(P, generation(1, 1), SegmentWrite.Kind.DATA, 0, SECTOR);
            assertThrows(IllegalArgumentException.class, () -> rig.engine.write(write, null, null, r -> {}));
        }
    }
}
