package io.ashlar.itests.pax;

import io.ashlar.base.Units;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// One client at work on one volume: writes sectors all over its extents and reads every one back, until it is closed.
/// Every fourth write is the first one of an extent, until all extents are in use.
final class Load implements AutoCloseable {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int ROUND = 4;
    private static final int SLOTS = 64;

    private final Disk disk;
    private final int first;
    private final int extents;
    private final Thread thread = new Thread(this::run, "itests-load");
    private final long[] written;
    private final AtomicInteger touched = new AtomicInteger();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong worstNanos = new AtomicLong();
    private volatile IOException failure;
    private volatile boolean closing;

    /// @param first the first extent in use
    /// @param extents in use; new ones are touched until all are
    Load(Disk disk, int first, int extents) {
        this.disk = disk;
        this.first = first;
        this.extents = extents;
        this.written = new long[extents * SLOTS];
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            for (long version = 1; !closing; version++) {
                long begun = System.nanoTime();
                if (version % ROUND == 0 && touched.get() < extents) {
                    write(touched.get(), 0, version);
                    touched.incrementAndGet();
                } else if (touched.get() > 0) {
                    int extent = (int) (version * 31 % touched.get());
                    int slot = (int) (version * 7 % SLOTS);
                    verify(extent, slot);
                    write(extent, slot, version);
                }
                worstNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            for (int at = 0; at < touched.get() * SLOTS; at++) {
                if (written[at] != 0) {
                    verify(at / SLOTS, at % SLOTS);
                }
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void write(int extent, int slot, long version) throws IOException {
        disk.write(offset(extent, slot), sector(first + extent, slot, version));
        written[extent * SLOTS + slot] = version;
        acknowledged.incrementAndGet();
    }

    private void verify(int extent, int slot) throws IOException {
        long version = written[extent * SLOTS + slot];
        var expected = version == 0 ? new byte[Disk.SECTOR] : sector(first + extent, slot, version);
        if (!Arrays.equals(expected, disk.read(offset(extent, slot)))) {
            throw new IOException("extent " + extent + ", slot " + slot + " does not hold write " + version);
        }
    }

    private long offset(int extent, int slot) {
        return (long) (first + extent) * Units.EXTENT_BYTES + (long) slot * Disk.SECTOR;
    }

    private static byte[] sector(int extent, int slot, long version) {
        var bytes = ByteBuffer.allocate(Disk.SECTOR);
        while (bytes.hasRemaining()) {
            bytes.putInt(extent).putInt(slot).putLong(version);
        }
        return bytes.array();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /// Waits until so many more writes are acknowledged; fails at once when one has failed.
    void awaitProgress(int writes) {
        long goal = acknowledged() + writes;
        Live.await(() -> "writes: " + acknowledged + " of " + goal, () -> {
            check();
            return acknowledged() >= goal;
        });
    }

    /// Waits until every extent has been written once, and so is leased.
    void awaitAllTouched() {
        Live.await(() -> "extents: " + touched + " of " + extents, () -> {
            check();
            return touched.get() == extents;
        });
    }

    void check() {
        var failed = failure;
        if (failed != null) {
            throw new AssertionError("the client saw an error", failed);
        }
    }

    /// The longest that a read and a write together took so far.
    long worstMillis() {
        return TimeUnit.NANOSECONDS.toMillis(worstNanos.get());
    }

    /// Ends the load, reads everything back, and fails when anything failed.
    @Override
    public void close() throws IOException {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        disk.close();
        check();
    }
}
