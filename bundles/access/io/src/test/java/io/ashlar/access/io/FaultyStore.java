package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/// A model chunk behind a thread of its own, with faults to switch on.
final class FaultyStore implements ChunkStore {
    enum Fault {
        NONE,
        /// Writes fail before anything is done.
        FAIL_WRITES,
        /// Writes are done, and the answer is lost.
        LOSE_WRITE_ANSWERS,
        /// Nothing is done and nothing is answered.
        SILENT
    }

    final ModelChunk model;
    private final ExecutorService thread;
    volatile Fault fault = Fault.NONE;
    final AtomicInteger busyWrites = new AtomicInteger();
    final AtomicInteger reads = new AtomicInteger();

    FaultyStore(ModelChunk model, ExecutorService thread) {
        this.model = model;
        this.thread = thread;
    }

    @Override
    public ChunkId id() {
        return model.id();
    }

    private void run(Runnable work) {
        if (fault != Fault.SILENT) {
            thread.execute(work);
        }
    }

    @Override
    public void fence(SegmentIdentity identity, LeaseEpoch epoch, Completion<FenceResult> completion) {
        run(() -> model.fence(identity, epoch, completion));
    }

    @Override
    public void stamp(Pid pid, LeaseEpoch epoch, Generation expected, Completion<WriteResult> completion) {
        run(() -> model.stamp(pid, epoch, expected, completion));
    }

    @Override
    public void write(SegmentWrite write, Payload data, int[] checksums, Completion<WriteResult> completion) {
        if (busyWrites.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            completion.done(new WriteResult.Busy());
            return;
        }
        if (data != null) {
            data.retain();
        }
        Completion<WriteResult> answer = result -> {
            if (data != null) {
                data.release();
            }
            completion.done(result);
        };
        switch (fault) {
            case NONE -> thread.execute(() -> model.write(write, data, checksums, answer));
            case FAIL_WRITES ->
                thread.execute(
                        () -> answer.done(new WriteResult.Failed(new StorageException.MediaFailed("injected", null))));
            case LOSE_WRITE_ANSWERS -> thread.execute(() -> model.write(write, data, checksums, lost -> {}));
            case SILENT -> {}
        }
    }

    @Override
    public void history(Pid pid, LeaseEpoch epoch, Generation since, Completion<HistoryResult> completion) {
        run(() -> model.history(pid, epoch, since, completion));
    }

    @Override
    public void advance(SegmentAdvance advance, Payload data, int[] checksums, Completion<WriteResult> completion) {
        run(() -> model.advance(advance, data, checksums, completion));
    }

    @Override
    public void read(
            Pid pid,
            LeaseEpoch epoch,
            int offsetBytes,
            int lengthBytes,
            Payload destination,
            Completion<ReadResult> completion) {
        reads.incrementAndGet();
        run(() -> model.read(pid, epoch, offsetBytes, lengthBytes, destination, completion));
    }

    @Override
    public void blockMap(Pid pid, LeaseEpoch epoch, Completion<BlockMapResult> completion) {
        run(() -> model.blockMap(pid, epoch, completion));
    }

    @Override
    public void digest(Pid pid, LeaseEpoch epoch, Completion<DigestResult> completion) {
        run(() -> model.digest(pid, epoch, completion));
    }

    @Override
    public ChunkStats stats() {
        return model.stats();
    }
}
