package io.ashlar.store.local;

import com.sun.management.OperatingSystemMXBean;
import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.SectorChecksums;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Durable writes and reads of one chunk: `StoreBenchmark DIRECTORY [SECONDS]`. Prints requests a second and latencies.
final class StoreBenchmark {
    private static final int SEGMENTS = 4;
    private static final int SPAN_BYTES = 128 << 20;
    private static final int MAX_SAMPLES = 10_000_000;

    private final Engine engine;
    private final long[] counters = new long[SEGMENTS];
    private final int seconds;
    private final long[] samples = new long[MAX_SAMPLES];

    private StoreBenchmark(Engine engine, int seconds) {
        this.engine = engine;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        for (int direct : new int[] {Integer.MAX_VALUE, 256 * 1024}) {
            var disk = new LocalDisk(Path.of(arguments[0] + "-" + direct));
            Files.createDirectories(disk.root());
            try (var rig = new Rig(disk, Settings.standard().withDirectWriteBytes(direct))) {
                System.out.println(
                        direct == Integer.MAX_VALUE ? "-- all through the journal" : "-- large ones past it");
                var benchmark = new StoreBenchmark(rig.engine, seconds);
                for (int i = 0; i < SEGMENTS; i++) {
                    rig.open(new Pid(i + 1), 1);
                }
                benchmark.writes("1 MiB sequential, new blocks", 1 << 20, 8, true);
                benchmark.writes("1 MiB sequential, again", 1 << 20, 8, true);
                if (direct == Integer.MAX_VALUE) {
                    for (int depth : new int[] {1, 32, 32, 128}) {
                        benchmark.writes("4 KiB random", 4096, depth, false);
                    }
                    benchmark.reads(1);
                    benchmark.reads(32);
                }
            }
        }
    }

    private void writes(String what, int bytes, int depth, boolean sequential) throws InterruptedException {
        var data = Payload.unpooled(ByteBuffer.allocateDirect(bytes).put(0, Rig.pattern(1, bytes)));
        int[] checksums = SectorChecksums.of(data.bytes());
        var random = new Random(1);
        long total = sequential ? (long) SEGMENTS * SPAN_BYTES / bytes : Long.MAX_VALUE;
        run(what, bytes, depth, total, (number, done) -> {
            int segment = sequential ? (int) (number * bytes / SPAN_BYTES) : random.nextInt(SEGMENTS);
            int offset = sequential ? (int) (number * bytes % SPAN_BYTES) : random.nextInt(SPAN_BYTES / bytes) * bytes;
            counters[segment]++;
            var generation = new Generation(Rig.epoch(1), counters[segment]);
            engine.write(
                    new SegmentWrite(new Pid(segment + 1), generation, SegmentWrite.Kind.DATA, offset, bytes),
                    data,
                    checksums,
                    result -> done.done(result instanceof WriteResult.Applied));
        });
    }

    private void reads(int depth) throws InterruptedException {
        var free = new ArrayBlockingQueue<Payload>(depth);
        for (int i = 0; i < depth; i++) {
            free.add(Payload.unpooled(ByteBuffer.allocateDirect(4096)));
        }
        var random = new Random(1);
        run("4 KiB random read", 4096, depth, Long.MAX_VALUE, (number, done) -> {
            int offset = random.nextInt(SPAN_BYTES / 4096) * 4096;
            var pid = new Pid(random.nextInt(SEGMENTS) + 1);
            var into = free.remove();
            engine.read(pid, Rig.epoch(1), offset, 4096, into, r -> {
                free.add(into);
                done.done(r instanceof ReadResult.Done);
            });
        });
    }

    private interface Call {
        void send(long number, Completion<Boolean> done);
    }

    private void run(String what, int bytes, int depth, long total, Call call) throws InterruptedException {
        var room = new Semaphore(depth);
        var answered = new AtomicInteger();
        var bad = new AtomicInteger();
        long cpu = cpuNanos();
        long start = System.nanoTime();
        long end = start + seconds * 1_000_000_000L;
        long number = 0;
        while (number < total && System.nanoTime() < end) {
            room.acquire();
            long sent = System.nanoTime();
            call.send(number, good -> {
                if (!good) {
                    bad.incrementAndGet();
                }
                samples[answered.getAndIncrement() % MAX_SAMPLES] = System.nanoTime() - sent;
                room.release();
            });
            number++;
        }
        room.acquire(depth);
        double took = (System.nanoTime() - start) / 1e9;
        double cpuMicros = (cpuNanos() - cpu) / 1e3 / Math.max(1, answered.get());
        int count = Math.min(answered.get(), MAX_SAMPLES);
        Arrays.sort(samples, 0, count);
        System.out.printf(
                "%-30s depth %3d: %9.0f/s %7.0f MB/s  p50 %6.0f us  p99 %7.0f us  max %7.0f us  cpu %5.1f us%s%n",
                what,
                depth,
                answered.get() / took,
                answered.get() / took * bytes / 1e6,
                samples[count / 2] / 1e3,
                samples[(int) (count * 0.99)] / 1e3,
                samples[count - 1] / 1e3,
                cpuMicros,
                bad.get() > 0 ? "  BAD " + bad : "");
    }

    /// Of all threads of this process: on a shared machine it says more than the clock on the wall.
    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
