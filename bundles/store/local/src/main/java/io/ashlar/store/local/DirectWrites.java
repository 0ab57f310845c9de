package io.ashlar.store.local;

import io.ashlar.base.Units;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;

/// Large writes of whole blocks that are not allocated yet go straight into the hole of the segment's file; they are
/// synced there before the frame with their records is written (S11), and are not written twice.
///
/// A crash in between leaves bytes in blocks that are not allocated. They are never read; but a small write that
/// allocates such a block later counts on zeros around it. So before the first allocation in a segment since the chunk
/// was opened, all that is not allocated is punched out, and that is synced before the record, too.
///
/// **Thread:** the log thread.
final class DirectWrites {
    private final Disk disk;
    private final SegmentFiles files;
    private final int minBytes;
    private final Set<Segment> unsynced = new LinkedHashSet<>();

    /// @param minBytes writes from this size on are direct where they can be
    DirectWrites(Disk disk, SegmentFiles files, int minBytes) {
        this.disk = disk;
        this.files = files;
        this.minBytes = minBytes;
    }

    /// @return whether this write, which is about to be admitted, can go past the journal: nothing that is on its way
    ///     to the segment's
    ///     file may touch its blocks
    boolean possible(Segment segment, int offset, int length) {
        boolean wholeBlocks = offset % Units.BLOCK_BYTES == 0 && length % Units.BLOCK_BYTES == 0;
        return wholeBlocks
                && length >= minBytes
                && segment.present()
                && segment.lastClearingStep() <= segment.appliedStep()
                && segment.admitted().blocks().count(offset / Units.BLOCK_BYTES, (offset + length) / Units.BLOCK_BYTES)
                        == 0;
    }

    /// Puts the data in its place; durable after [#sync()].
    void write(Segment segment, int offset, ByteBuffer data) throws IOException {
        try (var use = files.use(segment)) {
            use.file().write(data.duplicate(), SegmentLayout.dataPosition(offset));
        }
        unsynced.add(segment);
    }

    /// Called before a record that allocates blocks is admitted.
    void beforeAllocation(Segment segment) throws IOException {
        if (segment.tidy()) {
            return;
        }
        if (segment.present()) {
            try (var use = files.use(segment)) {
                punchHoles(
                        use.file(),
                        segment.admitted().blocks(),
                        segment.appliedCopy().blocks());
            }
            unsynced.add(segment);
        }
        segment.tidied();
    }

    /// What is allocated by either map stays: a discard that was admitted is not durable yet.
    private static void punchHoles(DiskFile file, BlockMap admitted, BlockMap applied) throws IOException {
        for (int block = 0; block < Units.BLOCKS_PER_EXTENT; ) {
            int end = block;
            while (end < Units.BLOCKS_PER_EXTENT && !admitted.get(end) && !applied.get(end)) {
                end++;
            }
            if (end > block) {
                file.punch(
                        SegmentLayout.dataPosition(block * Units.BLOCK_BYTES),
                        (long) (end - block) * Units.BLOCK_BYTES);
            }
            block = end + 1;
        }
    }

    /// Makes durable what the records of the next frame count on: the bytes, and the name of a file that is new.
    void sync() throws IOException {
        for (var segment : unsynced) {
            try (var use = files.use(segment)) {
                use.file().force();
            }
            if (!segment.nameDurable()) {
                disk.syncDirectory(SegmentLayout.directoryOf(segment.pid()));
                segment.nameIsDurable();
            }
        }
        unsynced.clear();
    }
}
