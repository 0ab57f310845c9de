package io.ashlar.store.local;

import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.SectorChecksums;
import io.ashlar.base.StorageException;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.DigestResult;
import io.ashlar.store.FenceResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentState;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// A chunk under test: every call waits for its answer.
final class Rig implements AutoCloseable {
    static final int SECTOR = 4096;
    static final int BLOCK = 256 * 1024;
    static final Settings SMALL =
            new Settings(3, 512 * 1024, 0, 100, 0, 1024, 16L << 20, 256, 2, 4, 50, Integer.MAX_VALUE);

    final Disk disk;
    final Engine engine;
    final AtomicReference<StorageException> failure = new AtomicReference<>();

    Rig(Disk disk) throws IOException {
        this(disk, SMALL);
    }

    Rig(Disk disk, Settings settings) throws IOException {
        this.disk = disk;
        var opener = new EngineOpener(disk, settings);
        this.engine = opener.open(opener.formatted(), "test", failure::set);
        engine.start();
    }

    static LeaseEpoch epoch(long counter) {
        return LeaseEpoch.of(1, counter);
    }

    static Generation generation(long epoch, long counter) {
        return new Generation(epoch(epoch), counter);
    }

    static SegmentIdentity identity(Pid pid) {
        return new SegmentIdentity(pid, new Lid(pid.value() + 1000), 7, 0, true);
    }

    static <R> R await(Consumer<Completion<R>> call) {
        var future = new CompletableFuture<R>();
        call.accept(future::complete);
        return await(future);
    }

    static <R> R await(CompletableFuture<R> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer in 30 s", e);
        }
    }

    FenceResult fence(Pid pid, long epoch) {
        return await(c -> engine.fence(identity(pid), epoch(epoch), c));
    }

    SegmentState fenced(Pid pid, long epoch) {
        var result = fence(pid, epoch);
        if (result instanceof FenceResult.Fenced(var state)) {
            return state;
        }
        throw new AssertionError("not fenced: " + result);
    }

    WriteResult stamp(Pid pid, long epoch, Generation expected) {
        return await(c -> engine.stamp(pid, epoch(epoch), expected, c));
    }

    /// Makes a segment that is ready for writes under an epoch.
    void open(Pid pid, long epoch) {
        var state = fenced(pid, epoch);
        var stamped = stamp(pid, epoch, state.generation());
        if (!(stamped instanceof WriteResult.Applied)) {
            throw new AssertionError("not stamped: " + stamped);
        }
    }

    CompletableFuture<WriteResult> send(Pid pid, Generation generation, int offset, byte[] bytes) {
        var future = new CompletableFuture<WriteResult>();
        var write = new SegmentWrite(pid, generation, SegmentWrite.Kind.DATA, offset, bytes.length);
        var data = ByteBuffer.wrap(bytes);
        var payload = Payload.unpooled(data);
        engine.write(write, payload, SectorChecksums.of(data), future::complete);
        payload.release();
        return future;
    }

    WriteResult write(Pid pid, Generation generation, int offset, byte[] bytes) {
        return await(send(pid, generation, offset, bytes));
    }

    CompletableFuture<WriteResult> send(
            Pid pid, Generation generation, SegmentWrite.Kind kind, int offset, int length) {
        var future = new CompletableFuture<WriteResult>();
        engine.write(new SegmentWrite(pid, generation, kind, offset, length), null, null, future::complete);
        return future;
    }

    WriteResult zero(Pid pid, Generation generation, int offset, int length) {
        return await(send(pid, generation, SegmentWrite.Kind.ZERO, offset, length));
    }

    WriteResult discard(Pid pid, Generation generation, int offset, int length) {
        return await(send(pid, generation, SegmentWrite.Kind.DISCARD, offset, length));
    }

    ReadResult read(Pid pid, long epoch, int offset, byte[] into) {
        var memory = ByteBuffer.allocateDirect(into.length);
        ReadResult result =
                await(c -> engine.read(pid, epoch(epoch), offset, into.length, Payload.unpooled(memory), c));
        memory.get(into);
        return result;
    }

    byte[] bytes(Pid pid, long epoch, int offset, int length) {
        var into = new byte[length];
        var result = read(pid, epoch, offset, into);
        if (result instanceof ReadResult.Done) {
            return into;
        }
        throw new AssertionError("not read: " + result);
    }

    BlockMapResult blockMap(Pid pid, long epoch) {
        return await(c -> engine.blockMap(pid, epoch(epoch), c));
    }

    DigestResult digest(Pid pid, long epoch) {
        return await(c -> engine.digest(pid, epoch(epoch), c));
    }

    WriteResult advance(SegmentAdvance advance, byte[] bytes) {
        var data = ByteBuffer.wrap(bytes);
        var payload = bytes.length == 0 ? null : Payload.unpooled(data);
        return await(c -> engine.advance(advance, payload, payload == null ? null : SectorChecksums.of(data), c));
    }

    /// @return what this chunk holds where patches carry bytes
    byte[] bytesOf(Pid pid, long epoch, HistoryResult.Changes changes) {
        var all = ByteBuffer.allocate((int) changes.dataBytes());
        for (var patch : changes.patches()) {
            if (patch.kind() == SegmentWrite.Kind.DATA) {
                all.put(bytes(pid, epoch, patch.offsetBytes(), patch.lengthBytes()));
            }
        }
        return all.array();
    }

    boolean drop(Pid pid) {
        return await(c -> engine.drop(pid, c));
    }

    /// Bytes that tell where they belong.
    static byte[] pattern(long seed, int length) {
        var bytes = ByteBuffer.allocate(length);
        for (int i = 0; i < length / Long.BYTES; i++) {
            bytes.putLong(seed * 0x9E3779B97F4A7C15L + i);
        }
        return bytes.array();
    }

    /// Ends the threads without moving the journal's tail, as a kill would.
    void abandon() throws IOException {
        if (disk instanceof MemoryDisk memory) {
            memory.losePower();
        }
        engine.abandon();
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
