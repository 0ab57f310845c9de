package io.ashlar.store.local;

import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Units;
import io.ashlar.store.WriteResult;

/// How far a segment has come: its fence, its generation, the number of its records and its block map, and the rules by
/// which a request is admitted (S1, S3, EM-07). Pure; the store keeps one of what it has admitted and one of what it
/// has applied.
///
/// **Thread:** not safe; the owner sees to it.
final class SegmentProgress {
    private long fence;
    private long epoch;
    private long counter;
    private long step;
    private final BlockMap blocks = new BlockMap();

    static SegmentProgress of(long fence, long epoch, long counter, long step, BlockMap blocks) {
        var progress = new SegmentProgress();
        progress.fence = fence;
        progress.epoch = epoch;
        progress.counter = counter;
        progress.step = step;
        progress.blocks.copyFrom(blocks);
        return progress;
    }

    SegmentProgress copy() {
        return of(fence, epoch, counter, step, blocks);
    }

    /// @return null when a write of this generation is to be admitted, else the refusal
    WriteResult refusalOfWrite(Generation generation) {
        long asked = generation.epoch().value();
        if (asked < fence) {
            return new WriteResult.Fenced(new LeaseEpoch(fence));
        }
        boolean follows = asked == fence && asked == epoch && generation.counter() == counter + 1;
        return follows ? null : new WriteResult.OutOfOrder(generation());
    }

    /// @return null when the stamp is to be admitted, else the refusal
    WriteResult refusalOfStamp(LeaseEpoch asked, Generation expected) {
        if (asked.value() < fence) {
            return new WriteResult.Fenced(new LeaseEpoch(fence));
        }
        boolean fits = asked.value() == fence && expected.epoch().value() == epoch && expected.counter() == counter;
        return fits ? null : new WriteResult.OutOfOrder(generation());
    }

    /// Moves on by one record. The state after it depends on the record and the state before it alone.
    void apply(JournalRecord record) {
        step = record.step();
        switch (record.kind()) {
            case CREATE, FENCE -> fence = record.epoch();
            case DROP -> {
                // the segment goes; nothing of it matters any more
            }
            case STAMP -> setGeneration(record);
            case WRITE, DIRECT, ZERO -> {
                setGeneration(record);
                blocks.set(record.firstBlock(), record.endBlock());
            }
            case DISCARD -> {
                setGeneration(record);
                blocks.clear(record.firstWholeBlock(), record.endWholeBlock());
            }
        }
    }

    private void setGeneration(JournalRecord record) {
        epoch = record.epoch();
        counter = record.counter();
    }

    Generation generation() {
        return new Generation(new LeaseEpoch(epoch), counter);
    }

    long fence() {
        return fence;
    }

    long epoch() {
        return epoch;
    }

    long counter() {
        return counter;
    }

    /// @return how many records this segment has had since it was made
    long step() {
        return step;
    }

    BlockMap blocks() {
        return blocks;
    }

    long allocatedBytes() {
        return (long) blocks.count() * Units.BLOCK_BYTES;
    }
}
