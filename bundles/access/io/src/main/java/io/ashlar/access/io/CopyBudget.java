package io.ashlar.access.io;

import io.ashlar.store.SegmentAdvance;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds the memory of all catch-ups of an access point that run at a time: after a crash many extents are synced at
/// once. Whoever gets nothing asks again.
///
/// **Thread:** any.
final class CopyBudget {
    /// In all; two of the largest catch-ups.
    static final long MAX_BYTES = 2L * SegmentAdvance.MAX_DATA_BYTES;

    private final AtomicLong taken = new AtomicLong();

    /// @return whether so many bytes may be used now; then they are to be given back
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) > MAX_BYTES) {
            taken.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    long takenBytes() {
        return taken.get();
    }
}
