package io.ashlar.store.local;

import static io.ashlar.store.local.Delta.advance;
import static io.ashlar.store.local.Delta.history;
import static io.ashlar.store.local.Rig.BLOCK;
import static io.ashlar.store.local.Rig.SECTOR;
import static io.ashlar.store.local.Rig.epoch;
import static io.ashlar.store.local.Rig.generation;
import static io.ashlar.store.local.Rig.pattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Generation;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.store.DigestResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentState;
import io.ashlar.store.SegmentWrite.Kind;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A segment that lags is brought up in one step.
class DeltaTest {
    private static final Pid P = new Pid(0x123);
    private static final Settings QUIET = Rig.SMALL.withCheckpointMillis(1_000_000);
    private static final Settings ROOMY = Rig.SMALL.withJournal(2, 6 << 20).withCheckpointMillis(1_000_000);
    private static final int SPAN_BYTES = 20 * BLOCK;

    private final MemoryDisk disk = new MemoryDisk();

    private static SegmentAdvance to(Generation expected, Generation target, SegmentPatch... patches) {
        return new SegmentAdvance(P, epoch(2), expected, target, List.of(patches));
    }

    private static SegmentPatch patch(Kind kind, int offset, int length) {
        return new SegmentPatch(kind, offset, length);
    }

    // ---- two stores ------------------------------------------------------------------------------------------------

    static LongStream seeds() {
        return LongStream.range(0, 12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLaggardIsMadeEqualAndIsASourceItself(long seed) throws IOException {
        var random = new Random(seed);
        var disks = new MemoryDisk[] {new MemoryDisk(), new MemoryDisk(), new MemoryDisk()};
        var rigs = new Rig[3];
        for (int i = 0; i < 3; i++) {
            rigs[i] = new Rig(disks[i], ROOMY);
            rigs[i].open(P, 1);
        }
        int common = random.nextInt(60);
        // the last seeds go to the limit
        int ahead = seed % 4 == 3 ? SegmentAdvance.MAX_PATCHES : 1 + random.nextInt(SegmentAdvance.MAX_PATCHES);
        for (int n = 1; n <= common + ahead; n++) {
            long change = random.nextLong();
            for (int i = 0; i < (n <= common ? 3 : 1); i++) {
                change(rigs[i], n, new Random(change));
            }
        }
        for (int i = 0; i < 3; i++) {
            rigs[i] = again(disks, i, rigs[i], random);
        }
        assertEquals(new WriteResult.Applied(generation(1, common + ahead)), Delta.bringUp(rigs[1], rigs[0], P, 2));
        assertEqual(rigs[0], rigs[1]);
        rigs[1] = again(disks, 1, rigs[1], random);
        assertEqual(rigs[0], rigs[1]);
        for (int n = common + 1; n < common + ahead; n++) {
            assertEquals(
                    new HistoryResult.Unknown(),
                    history(rigs[1], P, 2, generation(1, n)),
                    "it never was at what lies between");
        }
        assertInstanceOf(WriteResult.Applied.class, Delta.bringUp(rigs[2], rigs[1], P, 2));
        assertEqual(rigs[0], rigs[2]);
        for (var rig : rigs) {
            rig.close();
        }
    }

    @Test
    @Tag("long")
    void theDigestsOfTheWholeSegmentsAreEqual() throws IOException {
        try (var a = new Rig(disk, ROOMY);
                var b = new Rig(new MemoryDisk(), ROOMY)) {
            a.open(P, 1);
            b.open(P, 1);
            for (int n = 1; n <= SegmentAdvance.MAX_PATCHES; n++) {
                change(a, n, new Random(n));
            }
            Delta.bringUp(b, a, P, 2);
            assertInstanceOf(DigestResult.Digest.class, a.digest(P, 2));
            assertEquals(a.digest(P, 2), b.digest(P, 2));
        }
    }

    private static void change(Rig rig, long number, Random random) {
        int unit = random.nextInt(6) == 0 ? BLOCK : SECTOR;
        int length = (1 + random.nextInt(unit == BLOCK ? 2 : 6)) * unit;
        int offset = random.nextInt((SPAN_BYTES - length) / unit + 1) * unit;
        var result = switch (random.nextInt(5)) {
            case 0 -> rig.zero(P, generation(1, number), offset, length);
            case 1 -> rig.discard(P, generation(1, number), offset, length);
            default -> {
                int bytes = Math.min(length, 6 * SECTOR);
                yield rig.write(P, generation(1, number), offset, pattern(random.nextLong(), bytes));
            }
        };
        assertEquals(new WriteResult.Applied(generation(1, number)), result);
    }

    /// Goes on, or begins anew after a close, a checkpoint and a kill, or a loss of power.
    private static Rig again(MemoryDisk[] disks, int index, Rig rig, Random random) throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> rig.close();
            case 1 -> {
                disks[index] = disks[index].afterPowerLoss(random);
                rig.abandon();
            }
            case 2 -> {
                rig.engine.parts().checkpointer().checkpoint(false);
                disks[index] = disks[index].afterKill();
                rig.abandon();
            }
            default -> {
                return rig;
            }
        }
        return new Rig(disks[index], ROOMY);
    }

    private static void assertEqual(Rig expected, Rig found) {
        assertEquals(expected.fenced(P, 2), found.fenced(P, 2));
        assertArrayEquals(expected.bytes(P, 2, 0, SPAN_BYTES), found.bytes(P, 2, 0, SPAN_BYTES));
        assertEquals(expected.blockMap(P, 2), found.blockMap(P, 2), "also what is allocated");
        assertEquals(expected.engine.stats().usedBytes(), found.engine.stats().usedBytes());
    }

    @Test
    void whereOnlyStampsCameTheGenerationAloneMoves() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.fenced(P, 2);
            assertEquals(
                    new WriteResult.Applied(generation(2, 0)),
                    advance(rig, to(generation(1, 0), generation(2, 0)), new byte[0]));
            assertEquals(
                    new WriteResult.Applied(generation(2, 1)), rig.write(P, generation(2, 1), 0, pattern(1, SECTOR)));
        }
    }

    // ---- refusals --------------------------------------------------------------------------------------------------

    @Test
    void itIsAdmittedOnlyUnderItsFenceAndFromTheExpectedGeneration() throws IOException {
        try (var rig = new Rig(disk)) {
            var zero = patch(Kind.ZERO, 0, SECTOR);
            assertEquals(
                    new WriteResult.Missing(), advance(rig, to(Generation.ZERO, generation(1, 5), zero), new byte[0]));
            rig.open(P, 1);
            rig.fenced(P, 2);
            assertEquals(
                    new WriteResult.OutOfOrder(generation(1, 0)),
                    advance(rig, to(generation(1, 1), generation(1, 5), zero), new byte[0]));
            rig.fenced(P, 3);
            assertEquals(
                    new WriteResult.Fenced(epoch(3)),
                    advance(rig, to(generation(1, 0), generation(1, 5), zero), new byte[0]));
            var early = new SegmentAdvance(P, epoch(4), generation(1, 0), generation(1, 5), List.of(zero));
            assertEquals(new WriteResult.OutOfOrder(generation(1, 0)), advance(rig, early, new byte[0]));
            assertEquals(new SegmentState(generation(1, 0), true), rig.fenced(P, 3));
            assertEquals(0, rig.engine.stats().usedBytes());
        }
    }

    @Test
    void withoutRoomForAllOfItNothingIsChanged() throws IOException {
        try (var rig = new Rig(disk, Rig.SMALL.withSpace(3L * BLOCK, 100, 0))) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));
            rig.fenced(P, 2);
            var advance = to(
                    generation(1, 1),
                    generation(1, 9),
                    patch(Kind.DATA, 0, SECTOR),
                    patch(Kind.DATA, 4 * BLOCK - SECTOR, 2 * SECTOR),
                    patch(Kind.ZERO, 9 * BLOCK, SECTOR));

            assertInstanceOf(WriteResult.NoSpace.class, advance(rig, advance, pattern(2, 3 * SECTOR)));

            assertEquals(new SegmentState(generation(1, 1), true), rig.fenced(P, 2));
            assertArrayEquals(pattern(1, SECTOR), rig.bytes(P, 2, 0, SECTOR));
            assertEquals(BLOCK, rig.engine.stats().usedBytes());
            assertEquals(2L * BLOCK, rig.engine.stats().freeBytes());
            assertEquals(new HistoryResult.Changes(List.of()), history(rig, P, 2, generation(1, 1)));
        }
    }

    @Test
    void whatIsNoAdvanceIsRefusedAtTheDoor() throws IOException {
        try (var rig = new Rig(disk, ROOMY)) {
            rig.open(P, 1);
            rig.fenced(P, 2);
            var from = generation(1, 0);
            var target = generation(1, 5);
            var tooMany = new ArrayList<SegmentPatch>();
            for (int i = 0; i <= SegmentAdvance.MAX_PATCHES; i++) {
                tooMany.add(patch(Kind.ZERO, 2 * i * SECTOR, SECTOR));
            }
            refused(rig, new SegmentAdvance(P, epoch(2), from, target, tooMany), new byte[0]);
            refused(rig, to(from, target, patch(Kind.ZERO, SECTOR, SECTOR), patch(Kind.ZERO, 0, SECTOR)), new byte[0]);
            refused(
                    rig,
                    to(from, target, patch(Kind.ZERO, 0, 2 * SECTOR), patch(Kind.ZERO, SECTOR, SECTOR)),
                    new byte[0]);
            refused(rig, to(from, target, patch(Kind.DATA, 0, SECTOR)), new byte[0]);
            refused(rig, to(from, target, patch(Kind.DATA, 0, SECTOR)), new byte[2 * SECTOR]);
            refused(rig, to(from, target, patch(Kind.ZERO, 0, SECTOR)), new byte[SECTOR]);
            refused(rig, to(from, generation(3, 5)), new byte[0]);
            refused(rig, to(generation(1, 5), generation(2, 4)), new byte[0]);
            refused(rig, to(from, generation(2, 0), patch(Kind.ZERO, 0, SECTOR)), new byte[0]);
            refused(rig, to(from, target, patch(Kind.DATA, 0, 8 << 20)), new byte[8 << 20]);
            assertThrows(IllegalArgumentException.class, () -> to(target, target));
            var data = Payload.unpooled(ByteBuffer.allocate(SECTOR));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> rig.engine.advance(
                            to(from, target, patch(Kind.DATA, 0, SECTOR)), data, new int[2], result -> {}));
            assertEquals(new SegmentState(from, true), rig.fenced(P, 2));
        }
    }

    private static void refused(Rig rig, SegmentAdvance advance, byte[] bytes) {
        assertThrows(IllegalArgumentException.class, () -> Delta.send(rig, advance, bytes));
    }

    @Test
    void theLargestIsTakenAndOneByteMoreIsNot(@TempDir Path directory) throws IOException {
        var settings = Settings.standard().withJournal(2, 40 << 20).withQueue(64, 64 << 20);
        int most = SegmentAdvance.MAX_DATA_BYTES;
        try (var rig = new Rig(new LocalDisk(directory), settings)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, SECTOR));
            rig.fenced(P, 2);
            var more = to(generation(1, 1), generation(1, 300), patch(Kind.DATA, SECTOR, most + SECTOR));
            refused(rig, more, new byte[most + SECTOR]);
            var patches = new ArrayList<SegmentPatch>();
            int each = most / SegmentAdvance.MAX_PATCHES;
            for (int i = 0; i < SegmentAdvance.MAX_PATCHES; i++) {
                patches.add(patch(Kind.DATA, i * (each + SECTOR), each));
            }
            var advance = new SegmentAdvance(P, epoch(2), generation(1, 1), generation(1, 300), patches);
            var bytes = pattern(77, most);
            assertEquals(new WriteResult.Applied(generation(1, 300)), advance(rig, advance, bytes));
            assertArrayEquals(bytes, Delta.dataOf(rig, P, 2, patches));
        }
    }

    // ---- crashes ---------------------------------------------------------------------------------------------------

    private static final byte[] OLD = pattern(1, BLOCK);
    private static final byte[] NEW = pattern(2, 12 * SECTOR);
    private static final SegmentAdvance MIXED = to(
            generation(1, 2),
            generation(1, 7),
            patch(Kind.DATA, SECTOR, 4 * SECTOR),
            patch(Kind.ZERO, 20 * SECTOR, SECTOR),
            patch(Kind.DATA, BLOCK - SECTOR, 8 * SECTOR),
            patch(Kind.DISCARD, 4 * BLOCK, BLOCK));

    private static MemoryDisk laggard() throws IOException {
        var disk = new MemoryDisk();
        try (var rig = new Rig(disk, QUIET)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, OLD);
            rig.write(P, generation(1, 2), 4 * BLOCK, OLD);
            rig.fenced(P, 2);
        }
        return disk;
    }

    @Test
    void whereverPowerIsLostItIsThereWholeOrNotAtAll() throws IOException {
        boolean[] seen = new boolean[2];
        var before = laggard();
        for (int operations = 0; operations < 24; operations++) {
            for (int seed = 0; seed < 4; seed++) {
                var lost = before.copy();
                var rig = new Rig(lost, QUIET);
                lost.losePowerAfter(operations);
                boolean answered = advance(rig, MIXED, NEW) instanceof WriteResult.Applied;
                if (answered) {
                    checkpointWithoutPower(rig);
                }
                var survivor = lost.afterPowerLoss(new Random(seed));
                rig.abandon();
                boolean there = assertWhole(survivor);
                assertTrue(there || !answered, "answered, and gone");
                seen[there ? 1 : 0] = true;
            }
        }
        assertTrue(seen[0] && seen[1], "both were tried");
    }

    private static void checkpointWithoutPower(Rig rig) {
        try {
            rig.engine.parts().checkpointer().checkpoint(false);
        } catch (IOException e) {
            assertEquals("power is lost", e.getMessage());
        }
    }

    @Test
    void aFrameThatIsTornAnywhereIsAsIfItHadNeverBeen() throws IOException {
        var disk = laggard();
        var rig = new Rig(disk, QUIET);
        var before = rig.engine.parts().journal().head();
        disk.losePowerAfter(6);
        advance(rig, MIXED, NEW);
        var torn = disk.afterKill();
        rig.abandon();
        long end = 2L * 4096 + NEW.length;
        for (long at = 0; at < end; at += at < 500 ? 17 : 997) {
            var copy = torn.copy();
            copy.lose(Journal.nameOf(before.file()), before.offset() + at, before.offset() + end);
            assertWhole(copy);
        }
    }

    /// @return whether the advance is there
    private static boolean assertWhole(MemoryDisk disk) throws IOException {
        try (var rig = new Rig(disk, QUIET)) {
            var state = rig.fenced(P, 2);
            assertTrue(state.complete());
            var expected = new byte[6 * BLOCK];
            System.arraycopy(OLD, 0, expected, 0, BLOCK);
            System.arraycopy(OLD, 0, expected, 4 * BLOCK, BLOCK);
            boolean there = state.generation().equals(MIXED.target());
            if (there) {
                System.arraycopy(NEW, 0, expected, SECTOR, 4 * SECTOR);
                Arrays.fill(expected, 20 * SECTOR, 21 * SECTOR, (byte) 0);
                System.arraycopy(NEW, 4 * SECTOR, expected, BLOCK - SECTOR, 8 * SECTOR);
                Arrays.fill(expected, 4 * BLOCK, 5 * BLOCK, (byte) 0);
                assertEquals(4, Delta.known(rig, P, 2, MIXED.expected()).size());
            } else {
                assertEquals(MIXED.expected(), state.generation());
            }
            assertArrayEquals(expected, rig.bytes(P, 2, 0, expected.length));
            assertEquals(2L * BLOCK, rig.engine.stats().usedBytes());
            assertEquals(
                    1,
                    Delta.known(rig, P, 2, generation(1, 1)).stream()
                            .filter(patch -> patch.offsetBytes() == 4 * BLOCK)
                            .count());
            return there;
        }
    }
}
