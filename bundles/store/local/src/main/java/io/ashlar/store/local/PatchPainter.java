package io.ashlar.store.local;

import io.ashlar.base.Units;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Makes one set of patches out of changes that came one after the other: later ones win, and what is left does not
/// overlap. The patches leave behind the same bytes as the changes, and the same blocks allocated.
///
/// Pure; one use each.
final class PatchPainter {
    private static final byte UNTOUCHED = 0;
    private static final byte DATA = 1;
    /// Zeros in a block that is to be allocated.
    private static final byte KEEP = 2;
    /// Zeros in a block that is to be given back.
    private static final byte CLEAR = 3;
    /// Zeros in a part of a block whose allocation something else decides.
    private static final byte EITHER = 4;

    private final BlockMap allocated;
    private final byte[] sectors = new byte[SegmentLayout.SECTORS];
    /// Blocks that the changes themselves have allocated.
    private final BlockMap taken = new BlockMap();

    private PatchPainter(BlockMap allocated) {
        this.allocated = allocated;
    }

    /// @param changes in the order of time
    /// @param allocated the segment's blocks after them
    /// @return in order of offset; no more than [SegmentAdvance#MAX_PATCHES] where joining them costs not too many
    ///     bytes
    static List<SegmentPatch> patches(List<SegmentPatch> changes, BlockMap allocated) {
        var painter = new PatchPainter(allocated);
        changes.forEach(painter::paint);
        for (int block = 0; block < Units.BLOCKS_PER_EXTENT; block++) {
            painter.decideZeros(block);
        }
        painter.joinZeros();
        return painter.fewer(painter.runs());
    }

    private void paint(SegmentPatch change) {
        int end = change.offsetBytes() + change.lengthBytes();
        byte colour = change.kind() == SegmentWrite.Kind.DATA ? DATA : EITHER;
        Arrays.fill(sectors, change.offsetBytes() / Units.SECTOR_BYTES, end / Units.SECTOR_BYTES, colour);
        if (change.kind() == SegmentWrite.Kind.DISCARD) {
            int firstWhole = blocksUpTo(change.offsetBytes());
            taken.clear(firstWhole, Math.max(firstWhole, end / Units.BLOCK_BYTES));
        } else {
            taken.set(change.offsetBytes() / Units.BLOCK_BYTES, blocksUpTo(end));
        }
    }

    private static int blocksUpTo(int offset) {
        return (offset + Units.BLOCK_BYTES - 1) / Units.BLOCK_BYTES;
    }

    /// A discard gives back whole blocks alone, and leaves a part of one as it is, but zero. So in a block of which a
    /// part is touched it does for zeros, unless nothing else would allocate the block there.
    private void decideZeros(int block) {
        int from = block * Units.SECTORS_PER_BLOCK;
        int end = from + Units.SECTORS_PER_BLOCK;
        int zeros = 0;
        int data = 0;
        for (int i = from; i < end; i++) {
            zeros += sectors[i] == EITHER ? 1 : 0;
            data += sectors[i] == DATA ? 1 : 0;
        }
        if (zeros == 0) {
            return;
        }
        boolean mustAllocate = zeros == Units.SECTORS_PER_BLOCK || data == 0 && taken.get(block);
        byte decided = !allocated.get(block) ? CLEAR : mustAllocate ? KEEP : EITHER;
        for (int i = from; i < end; i++) {
            sectors[i] = sectors[i] == EITHER ? decided : sectors[i];
        }
    }

    /// Zeros of either kind go with their neighbours, for fewer patches.
    private void joinZeros() {
        for (int i = 1; i < sectors.length; i++) {
            if (sectors[i] == EITHER && (sectors[i - 1] == KEEP || sectors[i - 1] == CLEAR)) {
                sectors[i] = sectors[i - 1];
            }
        }
        for (int i = sectors.length - 1; i >= 0; i--) {
            if (sectors[i] == EITHER) {
                boolean keep = i + 1 < sectors.length && sectors[i + 1] == KEEP;
                sectors[i] = keep ? KEEP : CLEAR;
            }
        }
    }

    private ArrayList<SegmentPatch> runs() {
        var patches = new ArrayList<SegmentPatch>();
        for (int from = 0; from < sectors.length; ) {
            int end = from + 1;
            while (end < sectors.length && sectors[end] == sectors[from]) {
                end++;
            }
            if (sectors[from] != UNTOUCHED) {
                var kind = switch (sectors[from]) {
                    case DATA -> SegmentWrite.Kind.DATA;
                    case KEEP -> SegmentWrite.Kind.ZERO;
                    default -> SegmentWrite.Kind.DISCARD;
                };
                patches.add(new SegmentPatch(kind, from * Units.SECTOR_BYTES, (end - from) * Units.SECTOR_BYTES));
            }
            from = end;
        }
        return patches;
    }

    /// Writes that cut each other up may leave more patches than an advance takes. Two neighbours and what lies between
    /// them can be one patch of data: the bytes that are there are right in any case.
    private List<SegmentPatch> fewer(ArrayList<SegmentPatch> patches) {
        long data = patches.stream().mapToLong(PatchPainter::dataBytes).sum();
        while (patches.size() > SegmentAdvance.MAX_PATCHES) {
            int best = -1;
            long least = SegmentAdvance.MAX_DATA_BYTES - data + 1;
            for (int i = 0; i + 1 < patches.size(); i++) {
                long cost = costOfJoining(patches.get(i), patches.get(i + 1));
                if (cost < least) {
                    best = i;
                    least = cost;
                }
            }
            if (best < 0) {
                break;
            }
            var joined = join(patches.get(best), patches.remove(best + 1));
            patches.set(best, joined);
            data += least;
        }
        return patches;
    }

    private static long dataBytes(SegmentPatch patch) {
        return patch.kind() == SegmentWrite.Kind.DATA ? patch.lengthBytes() : 0;
    }

    private static SegmentPatch join(SegmentPatch left, SegmentPatch right) {
        int length = right.offsetBytes() + right.lengthBytes() - left.offsetBytes();
        return new SegmentPatch(SegmentWrite.Kind.DATA, left.offsetBytes(), length);
    }

    /// @return how many more bytes of data it takes; too many when it would allocate a block
    private long costOfJoining(SegmentPatch left, SegmentPatch right) {
        var joined = join(left, right);
        int firstBlock = joined.offsetBytes() / Units.BLOCK_BYTES;
        int endBlock = blocksUpTo(joined.offsetBytes() + joined.lengthBytes());
        return allocated.count(firstBlock, endBlock) < endBlock - firstBlock
                ? Long.MAX_VALUE
                : joined.lengthBytes() - dataBytes(left) - dataBytes(right);
    }
}
