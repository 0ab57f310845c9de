package io.ashlar.store.local;

import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.base.Units;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.DigestResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers what changes nothing, on a few threads of its own: reads, block maps, digests. What was changed before a
/// request came is seen by it, since a change is applied before it is answered.
///
/// **Thread:** any.
final class Readers {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final int DIGESTS_WAITING = 64;
    private static final int DIGEST_PIECE_BYTES = 1024 * 1024;
    private static final long STOP_SECONDS = 60;

    private final SegmentTable segments;
    private final SegmentIo io;
    private final ThreadPoolExecutor readers;
    /// Digests read 256 MiB each: one at a time, and not in the way of reads.
    private final ThreadPoolExecutor digests;
    private final LongAdder reads = new LongAdder();
    private final LongAdder damagedSectors = new LongAdder();

    Readers(String name, int threads, int waiting, SegmentTable segments, SegmentIo io) {
        this.segments = segments;
        this.io = io;
        this.readers = executor("store-read-" + name, threads, waiting);
        this.digests = executor("store-digest-" + name, 1, DIGESTS_WAITING);
    }

    private static ThreadPoolExecutor executor(String name, int threads, int waiting) {
        var factory = Thread.ofPlatform().daemon().name(name + "-", 0).factory();
        var executor = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting), factory);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    long reads() {
        return reads.sum();
    }

    long damagedSectors() {
        return damagedSectors.sum();
    }

    void read(
            Pid pid, LeaseEpoch epoch, int offset, int length, Payload destination, Completion<ReadResult> completion) {
        reads.increment();
        destination.retain();
        try {
            readers.execute(() -> {
                ReadResult result;
                try {
                    result = readNow(pid, epoch, offset, length, destination.bytes());
                } finally {
                    destination.release();
                }
                tell(completion, result);
            });
        } catch (RejectedExecutionException e) {
            destination.release();
            completion.done(readers.isShutdown() ? new ReadResult.Failed(stopped()) : new ReadResult.Busy());
        }
    }

    private ReadResult readNow(Pid pid, LeaseEpoch epoch, int offset, int length, ByteBuffer into) {
        var segment = segments.present(pid);
        if (segment == null) {
            return new ReadResult.Missing();
        }
        var fence = segment.fencedAbove(epoch);
        if (fence != null) {
            return new ReadResult.Fenced(fence);
        }
        if (segment.damaged()) {
            return new ReadResult.Damaged(offset);
        }
        try {
            int bad = io.read(segment, offset, length, into);
            if (bad == SegmentIo.NO_DAMAGE) {
                return new ReadResult.Done();
            }
            // a successor may write what its deposed predecessor still reads: no damage
            var newFence = segment.fencedAbove(epoch);
            if (newFence != null) {
                return new ReadResult.Fenced(newFence);
            }
            damagedSectors.increment();
            LOG.error("segment {}: the sector at {} does not match its checksum", pid, bad);
            return new ReadResult.Damaged(bad);
        } catch (IOException | RuntimeException e) {
            if (segment.gone()) {
                return new ReadResult.Missing();
            }
            LOG.error("segment {}: reading {}+{} failed", pid, offset, length, e);
            return new ReadResult.Failed(new StorageException.MediaFailed("reading segment " + pid + " failed", e));
        }
    }

    void blockMap(Pid pid, LeaseEpoch epoch, Completion<BlockMapResult> completion) {
        try {
            readers.execute(() -> tell(completion, blockMapNow(pid, epoch)));
        } catch (RejectedExecutionException e) {
            completion.done(new BlockMapResult.Failed(rejected(readers)));
        }
    }

    private BlockMapResult blockMapNow(Pid pid, LeaseEpoch epoch) {
        var segment = segments.present(pid);
        if (segment == null) {
            return new BlockMapResult.Missing();
        }
        var fence = segment.fencedAbove(epoch);
        if (fence != null) {
            return new BlockMapResult.Fenced(fence);
        }
        return segment.damaged()
                ? new BlockMapResult.Failed(segment.damageCause())
                : new BlockMapResult.Map(segment.allocated());
    }

    void history(Pid pid, LeaseEpoch epoch, Generation since, Completion<HistoryResult> completion) {
        try {
            readers.execute(() -> tell(completion, historyNow(pid, epoch, since)));
        } catch (RejectedExecutionException e) {
            completion.done(new HistoryResult.Failed(rejected(readers)));
        }
    }

    private HistoryResult historyNow(Pid pid, LeaseEpoch epoch, Generation since) {
        var segment = segments.present(pid);
        if (segment == null) {
            return new HistoryResult.Missing();
        }
        var fence = segment.fencedAbove(epoch);
        if (fence != null) {
            return new HistoryResult.Fenced(fence);
        }
        if (segment.damaged()) {
            return new HistoryResult.Failed(segment.damageCause());
        }
        return segment.patchesSince(since)
                .<HistoryResult>map(HistoryResult.Changes::new)
                .orElseGet(HistoryResult.Unknown::new);
    }

    void digest(Pid pid, LeaseEpoch epoch, Completion<DigestResult> completion) {
        try {
            digests.execute(() -> tell(completion, digestNow(pid, epoch)));
        } catch (RejectedExecutionException e) {
            completion.done(new DigestResult.Failed(rejected(digests)));
        }
    }

    private DigestResult digestNow(Pid pid, LeaseEpoch epoch) {
        var segment = segments.present(pid);
        if (segment == null) {
            return new DigestResult.Missing();
        }
        var fence = segment.fencedAbove(epoch);
        if (fence != null) {
            return new DigestResult.Fenced(fence);
        }
        var before = segment.appliedCopy();
        var sha256 = sha256();
        var piece = ByteBuffer.allocateDirect(DIGEST_PIECE_BYTES);
        for (int at = 0; at < Units.EXTENT_BYTES; at += DIGEST_PIECE_BYTES) {
            switch (readNow(pid, epoch, at, DIGEST_PIECE_BYTES, piece.clear())) {
                case ReadResult.Done() -> sha256.update(piece.clear());
                case ReadResult.Damaged(int bad) -> {
                    return new DigestResult.Damaged(bad);
                }
                case ReadResult.Fenced(var highest) -> {
                    return new DigestResult.Fenced(highest);
                }
                case ReadResult.Missing() -> {
                    return new DigestResult.Missing();
                }
                case ReadResult.Failed(var cause) -> {
                    return new DigestResult.Failed(cause);
                }
                case ReadResult.Busy() -> throw new IllegalStateException("a read on this thread is not busy");
            }
        }
        if (!segment.appliedCopy().generation().equals(before.generation())) {
            return new DigestResult.Failed(
                    new StorageException.Unavailable("segment " + pid + " was written to while it was read"));
        }
        return new DigestResult.Digest(
                before.generation(), HexFormat.of().formatHex(sha256.digest()), before.allocatedBytes());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static <R> void tell(Completion<R> completion, R result) {
        try {
            completion.done(result);
        } catch (RuntimeException e) {
            LOG.error("the completion of {} threw: a bug of the caller", result, e);
        }
    }

    private static StorageException rejected(ThreadPoolExecutor executor) {
        return executor.isShutdown() ? stopped() : new StorageException.Unavailable("the chunk's read queue is full");
    }

    private static StorageException stopped() {
        return new StorageException.Unavailable("the chunk is stopped");
    }

    /// Answers what waits, then ends the threads.
    void close() throws IOException {
        readers.shutdown();
        digests.shutdown();
        try {
            boolean ended = readers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                    && digests.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                throw new IOException("reads do not end: the disk hangs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the readers were closing", e);
        }
    }
}
