package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.BLOCK;
import static io.ashlar.store.local.Rig.SECTOR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Units;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite.Kind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PatchPainterTest {
    private static final int SECTORS = 20 * Units.SECTORS_PER_BLOCK;

    /// A segment as far as patches are concerned: the number of the write that each sector is of, 0 for zeros.
    private static final class Model {
        final int[] sectors = new int[SECTORS];
        final BlockMap blocks = new BlockMap();

        void apply(SegmentPatch change, int[] bytes, int number) {
            int first = change.offsetBytes() / SECTOR;
            int end = first + change.lengthBytes() / SECTOR;
            for (int i = first; i < end; i++) {
                sectors[i] = change.kind() != Kind.DATA ? 0 : bytes == null ? number : bytes[i];
            }
            int endOffset = change.offsetBytes() + change.lengthBytes();
            if (change.kind() == Kind.DISCARD) {
                int whole = (change.offsetBytes() + BLOCK - 1) / BLOCK;
                blocks.clear(whole, Math.max(whole, endOffset / BLOCK));
            } else {
                blocks.set(change.offsetBytes() / BLOCK, (endOffset + BLOCK - 1) / BLOCK);
            }
        }
    }

    private static SegmentPatch patch(Kind kind, int firstSector, int sectors) {
        return new SegmentPatch(kind, firstSector * SECTOR, sectors * SECTOR);
    }

    private static SegmentPatch randomChange(Random random) {
        boolean blocks = random.nextInt(5) == 0;
        int unit = blocks ? Units.SECTORS_PER_BLOCK : 1;
        int length = unit * (1 + random.nextInt(3));
        int first = random.nextInt((SECTORS - length) / unit + 1) * unit;
        return patch(Kind.values()[random.nextInt(3)], first, length);
    }

    /// Does the changes to one copy and the patches to another.
    private static List<SegmentPatch> brought(List<SegmentPatch> before, List<SegmentPatch> changes) {
        var source = new Model();
        var laggard = new Model();
        for (var change : before) {
            source.apply(change, null, 1);
            laggard.apply(change, null, 1);
        }
        int number = 2;
        for (var change : changes) {
            source.apply(change, null, number++);
        }
        var patches = PatchPainter.patches(changes, source.blocks);
        int end = 0;
        for (var patch : patches) {
            assertTrue(patch.offsetBytes() >= end, "overlap at " + patch);
            end = patch.offsetBytes() + patch.lengthBytes();
            laggard.apply(patch, source.sectors, 0);
        }
        assertArrayEquals(source.sectors, laggard.sectors);
        BitSet expected = source.blocks.toBitSet();
        assertEquals(expected, laggard.blocks.toBitSet(), "what is allocated");
        return patches;
    }

    @Test
    void patchesLeaveTheSameBytesAndTheSameBlocksAsTheChanges() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            var before = new ArrayList<SegmentPatch>();
            var changes = new ArrayList<SegmentPatch>();
            for (int i = random.nextInt(40); i > 0; i--) {
                before.add(randomChange(random));
            }
            for (int i = random.nextInt(SegmentAdvance.MAX_PATCHES); i > 0; i--) {
                changes.add(randomChange(random));
            }
            brought(before, changes);
        }
    }

    /// 256 changes that leave 511 pieces.
    @Test
    void changesThatCutEachOtherUpStillFitAnAdvance() {
        var changes = new ArrayList<SegmentPatch>();
        changes.add(patch(Kind.ZERO, 0, SECTORS));
        for (int i = 1; i < SegmentAdvance.MAX_PATCHES; i++) {
            changes.add(patch(Kind.DATA, 2 * i, 1));
        }
        var patches = brought(List.of(), changes);
        assertEquals(SegmentAdvance.MAX_PATCHES, patches.size());
        assertTrue(new HistoryResult.Changes(patches).dataBytes() <= 2L * SegmentAdvance.MAX_PATCHES * SECTOR);
    }

    @Test
    void changesApartFromEachOtherAreNotJoined() {
        var changes = new ArrayList<SegmentPatch>();
        for (int i = 0; i < SegmentAdvance.MAX_PATCHES; i++) {
            changes.add(patch(Kind.DATA, 3 * i, 1));
        }
        assertEquals(changes, brought(List.of(), changes));
    }

    @Test
    void nothingIsJoinedThatWouldAllocateABlock() {
        var changes = new ArrayList<SegmentPatch>();
        for (int i = 0; i <= SegmentAdvance.MAX_PATCHES; i++) {
            changes.add(new SegmentPatch(Kind.DATA, 2 * i * BLOCK, SECTOR));
        }
        var blocks = new BlockMap();
        changes.forEach(change -> blocks.set(change.offsetBytes() / BLOCK, change.offsetBytes() / BLOCK + 1));
        assertEquals(changes, PatchPainter.patches(changes, blocks));
    }
}
