package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.BLOCK;
import static io.ashlar.store.local.Rig.SECTOR;
import static io.ashlar.store.local.Rig.epoch;
import static io.ashlar.store.local.Rig.generation;
import static io.ashlar.store.local.Rig.pattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentState;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Two chunks, one of which missed the last writes.
class AdvanceTest {
    private static final Pid P = new Pid(0x123);
    private static final Settings QUIET = Rig.SMALL.withCheckpointMillis(1_000_000);

    private final MemoryDisk fullDisk = new MemoryDisk();
    private final MemoryDisk lateDisk = new MemoryDisk();

    private void writeBoth() throws IOException {
        try (var full = new Rig(fullDisk, QUIET);
                var late = new Rig(lateDisk, QUIET)) {
            for (var rig : List.of(full, late)) {
                rig.open(P, 1);
                rig.write(P, generation(1, 1), 0, pattern(1, 4 * SECTOR));
                rig.write(P, generation(1, 2), 3 * BLOCK, pattern(2, BLOCK));
            }
            full.write(P, generation(1, 3), SECTOR, pattern(3, SECTOR));
            full.discard(P, generation(1, 4), 3 * BLOCK, BLOCK);
            full.zero(P, generation(1, 5), 5 * BLOCK, SECTOR);
            full.write(P, generation(1, 6), 7 * BLOCK, pattern(6, 3 * SECTOR));
        }
    }

    private static HistoryResult history(Rig rig, long epoch, Generation since) {
        return Rig.await(c -> rig.engine.history(P, epoch(epoch), since, c));
    }

    private static SegmentAdvance advance(List<SegmentPatch> patches) {
        return new SegmentAdvance(P, epoch(2), generation(1, 2), generation(1, 6), patches);
    }

    @Test
    void theOneThatLagsIsBroughtUpFromWhatTheOtherRemembers() throws IOException {
        writeBoth();
        try (var full = new Rig(fullDisk, QUIET);
                var late = new Rig(lateDisk, QUIET)) {
            assertEquals(new SegmentState(generation(1, 6), true), full.fenced(P, 2));
            assertEquals(new SegmentState(generation(1, 2), true), late.fenced(P, 2));

            var changes = assertInstanceOf(HistoryResult.Changes.class, history(full, 2, generation(1, 2)));
            assertEquals(4L * SECTOR, changes.dataBytes());
            var result = late.advance(advance(changes.patches()), full.bytesOf(P, 2, changes));

            assertEquals(new WriteResult.Applied(generation(1, 6)), result);
            assertArrayEquals(full.bytes(P, 2, 0, 9 * BLOCK), late.bytes(P, 2, 0, 9 * BLOCK));
            assertEquals(full.blockMap(P, 2), late.blockMap(P, 2));
            assertEquals(full.engine.stats().usedBytes(), late.engine.stats().usedBytes());
            assertEquals(new WriteResult.Applied(generation(2, 6)), late.stamp(P, 2, generation(1, 6)));
            assertEquals(
                    new WriteResult.Applied(generation(2, 7)), late.write(P, generation(2, 7), 0, pattern(7, SECTOR)));
        }
    }

    @Test
    void anAdvanceIsAllThereAfterPowerLossOrNotAtAll() throws IOException {
        int whole = 0;
        for (int seed = 0; seed < 60; seed++) {
            writeBoth();
            try (var full = new Rig(fullDisk, QUIET)) {
                full.fenced(P, 2);
                var changes = assertInstanceOf(HistoryResult.Changes.class, history(full, 2, generation(1, 2)));
                var disk = lateDisk.copy();
                var late = new Rig(disk, QUIET);
                late.fenced(P, 2);
                disk.losePowerAfter(seed % 20);
                var result = late.advance(advance(changes.patches()), full.bytesOf(P, 2, changes));
                var survivor = disk.afterPowerLoss(new Random(seed));
                late.abandon();
                try (var again = new Rig(survivor, QUIET)) {
                    var generation = again.fenced(P, 2).generation();
                    boolean there = generation.equals(generation(1, 6));
                    whole += there ? 1 : 0;
                    assertEquals(there ? generation(1, 6) : generation(1, 2), generation);
                    assertEquals(there || !(result instanceof WriteResult.Applied), true);
                    assertArrayEquals(
                            there ? pattern(3, SECTOR) : Arrays.copyOfRange(pattern(1, 4 * SECTOR), SECTOR, 2 * SECTOR),
                            again.bytes(P, 2, SECTOR, SECTOR));
                    assertArrayEquals(there ? new byte[BLOCK] : pattern(2, BLOCK), again.bytes(P, 2, 3 * BLOCK, BLOCK));
                    assertArrayEquals(
                            there ? pattern(6, 3 * SECTOR) : new byte[3 * SECTOR],
                            again.bytes(P, 2, 7 * BLOCK, 3 * SECTOR));
                }
            }
            fullDisk.clear();
            lateDisk.clear();
        }
        assertEquals(true, whole > 0 && whole < 60, "both ends were seen: " + whole);
    }

    @Test
    void historySurvivesACrash() throws IOException {
        var rig = new Rig(fullDisk, QUIET);
        rig.open(P, 1);
        for (int i = 1; i <= 300; i++) {
            rig.write(P, generation(1, i), i % 50 * SECTOR, pattern(i, SECTOR));
        }
        fullDisk.losePower();
        rig.abandon();
        try (var again = new Rig(fullDisk.afterPowerLoss(new Random(3)), QUIET)) {
            again.fenced(P, 2);
            var changes = assertInstanceOf(
                    HistoryResult.Changes.class, history(again, 2, generation(1, 300 - SegmentAdvance.MAX_PATCHES)));
            assertEquals(50L * SECTOR, changes.dataBytes());
            assertEquals(new HistoryResult.Changes(List.of()), history(again, 2, generation(1, 300)));
            assertInstanceOf(HistoryResult.Unknown.class, history(again, 2, generation(2, 300)));
            assertInstanceOf(HistoryResult.Fenced.class, history(again, 1, generation(1, 300)));
        }
    }

    @Test
    void anAdvanceFromAnotherStateOrUnderAnotherLeaseIsRefused() throws IOException {
        writeBoth();
        try (var late = new Rig(lateDisk, QUIET)) {
            late.fenced(P, 3);
            assertEquals(new WriteResult.Fenced(epoch(3)), late.advance(advance(List.of()), new byte[0]));
            var wrong = new SegmentAdvance(P, epoch(3), generation(1, 1), generation(1, 6), List.of());
            assertEquals(new WriteResult.OutOfOrder(generation(1, 2)), late.advance(wrong, new byte[0]));
            var patch = new SegmentPatch(SegmentWrite.Kind.DATA, 0, SECTOR);
            var lacking = new SegmentAdvance(P, epoch(3), generation(1, 2), generation(1, 6), List.of(patch));
            assertThrows(IllegalArgumentException.class, () -> late.advance(lacking, new byte[0]));
            var stampsOnly = new SegmentAdvance(P, epoch(3), generation(1, 2), generation(2, 2), List.of());
            assertEquals(new WriteResult.Applied(generation(2, 2)), late.advance(stampsOnly, new byte[0]));
        }
    }
}
