package io.ashlar.access.nbd;

import io.ashlar.access.ExtentReport;
import io.ashlar.access.IoFailure;
import io.ashlar.access.IoOutcome;
import io.ashlar.access.ReadOutcome;
import io.ashlar.access.StatusOutcome;
import io.ashlar.access.VolumeAccess;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.Completion;
import io.ashlar.base.Outcome;
import io.ashlar.base.Payload;
import io.ashlar.base.Units;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Volumes in memory, thin in blocks of 256 KiB. Every call is completed on the one thread of this fake; a test can
/// hold the calls back, let them fail, and count what is open and what was not released.
final class MemoryAccess implements VolumeAccess, AutoCloseable {
    final AtomicInteger openHandles = new AtomicInteger();
    final AtomicInteger unreleasedReads = new AtomicInteger();
    final AtomicInteger calls = new AtomicInteger();
    final AtomicReference<IoFailure> failing = new AtomicReference<>();
    final AtomicReference<CountDownLatch> slowOpen = new AtomicReference<>();
    final AtomicInteger waitingOpens = new AtomicInteger();
    final AtomicReference<Outcome.Refusal> refusing = new AtomicReference<>();

    private final Map<String, Volume> volumes;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("memory-access").daemon().factory());
    private final List<Runnable> held = new ArrayList<>();
    private boolean holding;

    MemoryAccess() {
        this(new ConcurrentHashMap<>());
    }

    private MemoryAccess(Map<String, Volume> volumes) {
        this.volumes = volumes;
    }

    /// Another instance over the same data, as after the replacement of a bundle.
    MemoryAccess successor() {
        return new MemoryAccess(volumes);
    }

    MemoryAccess volume(String name, long sizeBytes) {
        volumes.put(name, new Volume(sizeBytes));
        return this;
    }

    void hold() {
        synchronized (held) {
            holding = true;
        }
    }

    int heldCalls() {
        synchronized (held) {
            return held.size();
        }
    }

    void letGo() {
        synchronized (held) {
            holding = false;
            held.forEach(worker::execute);
            held.clear();
        }
    }

    @Override
    public Outcome<VolumeHandle> open(String volume, String client) {
        if (refusing.get() != null) {
            return new Outcome.Refused<>(refusing.get());
        }
        var found = volumes.get(volume);
        if (found == null) {
            return Outcome.refused(
                    Outcome.Kind.NOT_FOUND,
                    "volume " + volume + " does not exist",
                    "list the volumes with: volume list");
        }
        awaitOpen();
        openHandles.incrementAndGet();
        return Outcome.ok(new Handle(volume, found));
    }

    private void awaitOpen() {
        var latch = slowOpen.get();
        if (latch != null) {
            waitingOpens.incrementAndGet();
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the server stops; what is opened now it has to give back
            }
        }
    }

    @Override
    public Outcome<List<String>> list() {
        return refusing.get() != null
                ? new Outcome.Refused<>(refusing.get())
                : Outcome.ok(volumes.keySet().stream().sorted().toList());
    }

    @Override
    public Outcome<List<ExtentReport>> verify(String volume) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        worker.close();
    }

    private void run(Runnable call) {
        calls.incrementAndGet();
        synchronized (held) {
            if (holding) {
                held.add(call);
            } else {
                worker.execute(call);
            }
        }
    }

    private static final class Volume {
        private final long sizeBytes;
        private final TreeMap<Long, byte[]> blocks = new TreeMap<>();

        Volume(long sizeBytes) {
            this.sizeBytes = sizeBytes;
        }

        synchronized void read(long offset, ByteBuffer into) {
            each(offset, into.remaining(), (block, from, length) -> {
                var bytes = blocks.get(block);
                into.put(bytes == null ? new byte[length] : java.util.Arrays.copyOfRange(bytes, from, from + length));
            });
        }

        synchronized void write(long offset, ByteBuffer data) {
            each(
                    offset,
                    data.remaining(),
                    (block, from, length) ->
                            data.get(blocks.computeIfAbsent(block, b -> new byte[Units.BLOCK_BYTES]), from, length));
        }

        synchronized void zero(long offset, long length, boolean discard) {
            each(offset, length, (block, from, part) -> {
                if (discard && part == Units.BLOCK_BYTES) {
                    blocks.remove(block);
                } else if (!discard || blocks.containsKey(block)) {
                    java.util.Arrays.fill(
                            blocks.computeIfAbsent(block, b -> new byte[Units.BLOCK_BYTES]), from, from + part, (byte)
                                    0);
                }
            });
        }

        synchronized List<StatusOutcome.Run> runs(long offset, long length) {
            var runs = new ArrayList<StatusOutcome.Run>();
            each(offset, length, (block, from, part) -> {
                boolean allocated = blocks.containsKey(block);
                if (!runs.isEmpty() && runs.getLast().allocated() == allocated) {
                    runs.add(new StatusOutcome.Run(runs.removeLast().lengthBytes() + part, allocated));
                } else {
                    runs.add(new StatusOutcome.Run(part, allocated));
                }
            });
            return runs;
        }

        private interface Part {
            void take(long block, int from, int length);
        }

        private static void each(long offset, long length, Part part) {
            long end = offset + length;
            for (long at = offset; at < end; ) {
                int from = (int) (at % Units.BLOCK_BYTES);
                int take = (int) Math.min(Units.BLOCK_BYTES - from, end - at);
                part.take(at / Units.BLOCK_BYTES, from, take);
                at += take;
            }
        }
    }

    private final class CountedRead extends Payload {
        private final ByteBuffer memory;

        CountedRead(int length) {
            memory = ByteBuffer.allocateDirect(length);
            unreleasedReads.incrementAndGet();
        }

        @Override
        public ByteBuffer bytes() {
            return memory.duplicate();
        }

        @Override
        protected void recycle() {
            unreleasedReads.decrementAndGet();
        }
    }

    private final class Handle implements VolumeHandle {
        private final String name;
        private final Volume volume;
        private boolean closed;

        Handle(String name, Volume volume) {
            this.name = name;
            this.volume = volume;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long sizeBytes() {
            return volume.sizeBytes;
        }

        @Override
        public void read(long offsetBytes, int lengthBytes, Completion<ReadOutcome> completion) {
            run(() -> {
                if (failing.get() != null) {
                    completion.done(new ReadOutcome.Failed(failing.get()));
                    return;
                }
                var data = new CountedRead(lengthBytes);
                volume.read(offsetBytes, data.bytes());
                completion.done(new ReadOutcome.Data(data));
            });
        }

        @Override
        public void write(long offsetBytes, Payload data, Completion<IoOutcome> completion) {
            data.retain();
            run(() -> {
                if (failing.get() == null) {
                    volume.write(offsetBytes, data.bytes());
                }
                data.release();
                complete(completion);
            });
        }

        @Override
        public void zero(long offsetBytes, long lengthBytes, boolean discard, Completion<IoOutcome> completion) {
            run(() -> {
                if (lengthBytes > 1L << 31) {
                    completion.done(
                            new IoOutcome.Failed(new IoFailure(IoFailure.Kind.OUT_OF_RANGE, "more than 2 GiB")));
                    return;
                }
                volume.zero(offsetBytes, lengthBytes, discard);
                complete(completion);
            });
        }

        @Override
        public void flush(Completion<IoOutcome> completion) {
            run(() -> complete(completion));
        }

        @Override
        public void blockStatus(long offsetBytes, long lengthBytes, Completion<StatusOutcome> completion) {
            run(() -> completion.done(
                    failing.get() == null
                            ? new StatusOutcome.Runs(volume.runs(offsetBytes, lengthBytes))
                            : new StatusOutcome.Failed(failing.get())));
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                openHandles.decrementAndGet();
            }
        }

        private void complete(Completion<IoOutcome> completion) {
            completion.done(failing.get() == null ? new IoOutcome.Done() : new IoOutcome.Failed(failing.get()));
        }
    }
}
