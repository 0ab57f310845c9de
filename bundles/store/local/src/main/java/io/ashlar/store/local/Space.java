package io.ashlar.store.local;

import io.ashlar.base.Units;
import java.io.IOException;

/// How much may still be allocated. A block counts from the admission of the write that allocates it to the end of the
/// discard that gives it back.
///
/// **Thread:** any.
final class Space {
    private static final long LOOK_BELOW_BYTES = 1L << 30;
    private static final int PERCENT = 100;

    private final Disk disk;
    private final long capacityBytes;
    private final int capacityPercent;
    private final long reserveBytes;
    private long usedBytes;
    private long usableBytes;
    /// Admitted, but perhaps not yet missing from what the file system tells.
    private long sinceLook;
    private long pendingBytes;

    /// @param capacityBytes what segments may take; 0: what the file system has
    /// @param capacityPercent what part of the file system's free space counts as this chunk's when `capacityBytes` is
    ///     0
    /// @param reserveBytes kept free, for writes that were admitted and for the store's own needs (S13)
    Space(Disk disk, long capacityBytes, int capacityPercent, long reserveBytes) throws IOException {
        this.disk = disk;
        this.capacityBytes = capacityBytes;
        this.capacityPercent = capacityPercent;
        this.reserveBytes = reserveBytes;
        this.usableBytes = disk.usableBytes();
    }

    /// Takes blocks if there is room.
    synchronized boolean take(int blocks) throws IOException {
        if (blocks == 0) {
            return true;
        }
        long bytes = bytes(blocks);
        if (freeNow() - bytes < LOOK_BELOW_BYTES) {
            look();
        }
        if (freeNow() < bytes) {
            return false;
        }
        usedBytes += bytes;
        sinceLook += bytes;
        pendingBytes += bytes;
        return true;
    }

    /// Tells that blocks which were taken are allocated in the file system, too.
    synchronized void applied(int blocks) {
        pendingBytes -= bytes(blocks);
    }

    synchronized void give(int blocks) {
        usedBytes -= bytes(blocks);
    }

    /// Counts blocks that were allocated before the chunk was opened.
    synchronized void found(int blocks) {
        usedBytes += bytes(blocks);
    }

    synchronized void look() throws IOException {
        usableBytes = disk.usableBytes();
        sinceLook = pendingBytes;
    }

    synchronized long usedBytes() {
        return usedBytes;
    }

    /// @return what segments may take at most
    synchronized long capacityBytes() {
        return capacityBytes > 0 ? capacityBytes : usedBytes + Math.max(0, share());
    }

    synchronized long freeBytes() {
        return Math.max(0, freeNow());
    }

    /// @return this chunk's part of what the file system has left; the others that live there take theirs
    private long share() {
        return (usableBytes - sinceLook) * capacityPercent / PERCENT;
    }

    private long freeNow() {
        long byFileSystem = usableBytes - sinceLook;
        long left = capacityBytes > 0 ? Math.min(capacityBytes - usedBytes, byFileSystem) : share();
        return left - reserveBytes;
    }

    private static long bytes(int blocks) {
        return (long) blocks * Units.BLOCK_BYTES;
    }
}
