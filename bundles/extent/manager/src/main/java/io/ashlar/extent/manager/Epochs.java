package io.ashlar.extent.manager;

import io.ashlar.base.LeaseEpoch;

/// The source of lease epochs and space versions: numbers that only grow, over restarts too.
///
/// They need no commit each: a block of them is reserved durably, and a successor of the same term begins above the
/// block. Pure; guarded by the manager's lock.
final class Epochs {
    /// How many numbers one commit reserves.
    static final long BLOCK = 1 << 20;

    private final long term;
    private long next;
    private long limit;

    /// @param first the first counter that was never reserved
    Epochs(long term, long first) {
        this.term = term;
        this.next = first;
        this.limit = first - 1;
    }

    /// @param newLimit durable by now
    void raise(long newLimit) {
        limit = Math.max(limit, newLimit);
    }

    long limit() {
        return limit;
    }

    long left() {
        return limit - next + 1;
    }

    LeaseEpoch next() {
        if (left() <= 0) {
            throw new IllegalStateException("epochs of term " + term + " are used up to " + limit);
        }
        return LeaseEpoch.of(term, next++);
    }
}
