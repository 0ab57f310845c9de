package io.ashlar.access.io;

/// When to try again: later each time, until something succeeds.
final class Backoff {
    private final OwnerLimits limits;
    private long dueNanos = Long.MIN_VALUE;
    private long nextNanos;

    Backoff(OwnerLimits limits) {
        this.limits = limits;
        this.nextNanos = limits.firstBackoffNanos();
    }

    boolean due(long now) {
        return now >= dueNanos;
    }

    /// @return how long the next wait is
    long nextNanos() {
        return nextNanos;
    }

    void failed(long now) {
        dueNanos = now + nextNanos;
        nextNanos = Math.min(2 * nextNanos, limits.lastBackoffNanos());
    }

    /// The next try need not wait.
    void hurry(long now) {
        dueNanos = now;
    }

    void succeeded() {
        nextNanos = limits.firstBackoffNanos();
    }
}
