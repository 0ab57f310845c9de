package io.ashlar.store.local;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.ChunkStats;
import io.ashlar.store.ChunkStore;
import io.ashlar.store.DigestResult;
import io.ashlar.store.FenceResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;

/// The service that callers see: an open engine under the cid that it was given.
record LocalChunkStore(ChunkId id, Engine engine) implements ChunkStore {
    @Override
    public void fence(SegmentIdentity identity, LeaseEpoch epoch, Completion<FenceResult> completion) {
        engine.fence(identity, epoch, completion);
    }

    @Override
    public void stamp(Pid pid, LeaseEpoch epoch, Generation expected, Completion<WriteResult> completion) {
        engine.stamp(pid, epoch, expected, completion);
    }

    @Override
    public void write(SegmentWrite write, Payload data, int[] checksums, Completion<WriteResult> completion) {
        engine.write(write, data, checksums, completion);
    }

    @Override
    public void history(Pid pid, LeaseEpoch epoch, Generation since, Completion<HistoryResult> completion) {
        engine.history(pid, epoch, since, completion);
    }

    @Override
    public void advance(SegmentAdvance advance, Payload data, int[] checksums, Completion<WriteResult> completion) {
        engine.advance(advance, data, checksums, completion);
    }

    @Override
    public void read(
            Pid pid, LeaseEpoch epoch, int offset, int length, Payload destination, Completion<ReadResult> completion) {
        engine.read(pid, epoch, offset, length, destination, completion);
    }

    @Override
    public void blockMap(Pid pid, LeaseEpoch epoch, Completion<BlockMapResult> completion) {
        engine.blockMap(pid, epoch, completion);
    }

    @Override
    public void digest(Pid pid, LeaseEpoch epoch, Completion<DigestResult> completion) {
        engine.digest(pid, epoch, completion);
    }

    @Override
    public ChunkStats stats() {
        return engine.stats();
    }
}
