package io.ashlar.store.local;

import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.base.Units;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.ChunkStats;
import io.ashlar.store.DigestResult;
import io.ashlar.store.FenceResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One open chunk: its log, its checkpointer, its readers. What [io.ashlar.store.ChunkStore] promises is kept here.
///
/// **Thread:** any.
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long STOP_SECONDS = 60;

    private final Parts parts;
    private final RequestQueue queue;
    private final Readers readers;
    private final Thread logThread;
    private final Thread checkpointThread;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder writes = new LongAdder();

    /// What an engine is made of, opened and replayed.
    record Parts(
            String name,
            Disk disk,
            Settings settings,
            SegmentTable segments,
            Journal journal,
            SegmentIo io,
            Checkpointer checkpointer,
            DiskFile checkpointFile,
            Space space,
            Health health) {}

    Engine(Parts parts) {
        this.parts = parts;
        var settings = parts.settings;
        this.queue = new RequestQueue(settings.queueRequests(), settings.queueBytes());
        this.readers =
                new Readers(parts.name, settings.readThreads(), settings.readQueueRequests(), parts.segments, parts.io);
        var direct = new DirectWrites(parts.disk, parts.io.files(), settings.directWriteBytes());
        var log = new CommitLog(
                queue, direct, parts.journal, parts.segments, parts.io, parts.checkpointer, parts.space, parts.health);
        this.logThread =
                Thread.ofPlatform().daemon().name("store-log-" + parts.name).unstarted(log);
        this.checkpointThread = Thread.ofPlatform()
                .daemon()
                .name("store-checkpoint-" + parts.name)
                .unstarted(parts.checkpointer);
    }

    /// For tests that look inside.
    Parts parts() {
        return parts;
    }

    void start() {
        logThread.start();
        checkpointThread.start();
    }

    void fence(SegmentIdentity identity, LeaseEpoch epoch, Completion<FenceResult> completion) {
        var request = new Request.Fence(identity, epoch, counted(completion));
        submit(request, () -> request.end(busy()));
    }

    void stamp(Pid pid, LeaseEpoch epoch, Generation expected, Completion<WriteResult> completion) {
        var request = new Request.Stamp(pid, epoch, expected, counted(completion));
        submit(request, () -> {
            request.result = new WriteResult.Busy();
            request.end(null);
        });
    }

    void write(SegmentWrite write, Payload data, int[] checksums, Completion<WriteResult> completion) {
        check(write, data, checksums);
        writes.increment();
        var request = new Request.Write(write, data, checksums, counted(completion));
        submit(request, () -> {
            request.result = new WriteResult.Busy();
            request.end(null);
        });
    }

    private void check(SegmentWrite write, Payload data, int[] checksums) {
        boolean carriesData = write.kind() == SegmentWrite.Kind.DATA;
        boolean fits = carriesData
                ? data != null
                        && data.bytes().remaining() == write.lengthBytes()
                        && checksums != null
                        && checksums.length == write.lengthBytes() / Units.SECTOR_BYTES
                : data == null && checksums == null;
        if (!fits) {
            throw new IllegalArgumentException("data or checksums do not fit " + write);
        }
        if (carriesData && write.lengthBytes() > maxPayloadBytes()) {
            throw new IllegalArgumentException(write.lengthBytes() + " bytes are more than a journal file of "
                    + parts.journal.fileBytes() + " takes");
        }
    }

    void advance(SegmentAdvance advance, Payload data, int[] checksums, Completion<WriteResult> completion) {
        AdvanceCheck.check(advance, data, checksums, maxPayloadBytes());
        writes.increment();
        var request = new Request.Advance(advance, data, checksums, counted(completion));
        submit(request, () -> {
            request.result = new WriteResult.Busy();
            request.end(null);
        });
    }

    private long maxPayloadBytes() {
        return parts.journal.fileBytes() - FrameHeader.MAX_HEADER_BYTES;
    }

    void history(Pid pid, LeaseEpoch epoch, Generation since, Completion<HistoryResult> completion) {
        var counted = counted(completion);
        if (parts.health.failure() != null) {
            counted.done(new HistoryResult.Failed(parts.health.failure()));
        } else {
            readers.history(pid, epoch, since, counted);
        }
    }

    /// Durably removes a segment.
    ///
    /// @param completion told true when it is gone (or was not there)
    void drop(Pid pid, Completion<Boolean> completion) {
        var request = new Request.Drop(pid, counted(completion));
        submit(request, () -> request.end(busy()));
    }

    private void submit(Request request, Runnable whenFull) {
        var failure = parts.health.failure();
        if (failure != null) {
            request.end(failure);
            return;
        }
        switch (queue.offer(request)) {
            case TAKEN -> {
                // the log thread answers
            }
            case FULL -> whenFull.run();
            case CLOSED -> request.end(parts.health.failure() == null ? stopped() : parts.health.failure());
        }
    }

    private <R> Completion<R> counted(Completion<R> completion) {
        inFlight.incrementAndGet();
        return result -> {
            inFlight.decrementAndGet();
            completion.done(result);
        };
    }

    private static StorageException busy() {
        return new StorageException.Unavailable("the chunk's queue is full");
    }

    private static StorageException stopped() {
        return new StorageException.Unavailable("the chunk is stopped");
    }

    void read(
            Pid pid, LeaseEpoch epoch, int offset, int length, Payload destination, Completion<ReadResult> completion) {
        boolean sectors = offset >= 0
                && length > 0
                && offset % Units.SECTOR_BYTES == 0
                && length % Units.SECTOR_BYTES == 0
                && (long) offset + length <= Units.EXTENT_BYTES;
        if (!sectors || destination.bytes().remaining() < length) {
            throw new IllegalArgumentException("not whole sectors of an extent: " + offset + "+" + length);
        }
        var counted = counted(completion);
        if (parts.health.failure() != null) {
            counted.done(new ReadResult.Failed(parts.health.failure()));
        } else {
            readers.read(pid, epoch, offset, length, destination, counted);
        }
    }

    void blockMap(Pid pid, LeaseEpoch epoch, Completion<BlockMapResult> completion) {
        var counted = counted(completion);
        if (parts.health.failure() != null) {
            counted.done(new BlockMapResult.Failed(parts.health.failure()));
        } else {
            readers.blockMap(pid, epoch, counted);
        }
    }

    void digest(Pid pid, LeaseEpoch epoch, Completion<DigestResult> completion) {
        var counted = counted(completion);
        if (parts.health.failure() != null) {
            counted.done(new DigestResult.Failed(parts.health.failure()));
        } else {
            readers.digest(pid, epoch, counted);
        }
    }

    /// @return why the chunk failed, or null
    StorageException failure() {
        return parts.health.failure();
    }

    List<Pid> pids() {
        return parts.segments.pids();
    }

    ChunkStats stats() {
        return new ChunkStats(
                parts.space.capacityBytes(),
                parts.space.usedBytes(),
                parts.space.freeBytes(),
                parts.segments.size(),
                parts.journal.usedBytes(),
                inFlight.get(),
                writes.sum(),
                readers.reads(),
                readers.damagedSectors());
    }

    /// Ends in order: what was taken is answered, everything is made durable, and the tail is moved to the end. After a
    /// failure nothing is written any more: the next opening goes by the journal.
    void close() throws IOException {
        queue.close();
        try {
            join(logThread);
            readers.close();
            parts.checkpointer.stop();
            join(checkpointThread);
            if (parts.health.failure() == null) {
                parts.checkpointer.checkpoint(true);
            }
        } finally {
            closeFiles();
        }
    }

    /// Ends the threads where they are and writes nothing: what a kill leaves behind, for tests.
    void abandon() throws IOException {
        parts.health.fail("abandoned", new IOException("the chunk is abandoned"));
        parts.journal.shut();
        close();
    }

    /// @return whether nothing of it can touch the disk any more
    boolean quiet() {
        return !logThread.isAlive() && !checkpointThread.isAlive();
    }

    private static void join(Thread thread) throws IOException {
        try {
            if (!thread.join(Duration.ofSeconds(STOP_SECONDS))) {
                throw new IOException("thread " + thread.getName() + " does not end: the disk hangs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the chunk was closing", e);
        }
    }

    private void closeFiles() throws IOException {
        try (var checkpoint = parts.checkpointFile;
                var log = parts.journal;
                var segments = parts.io.files()) {
            LOG.debug("closing the files of chunk {}: {}, {}, {}", parts.name, checkpoint, log, segments);
        }
    }
}
