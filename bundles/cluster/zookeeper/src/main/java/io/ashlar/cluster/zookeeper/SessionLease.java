package io.ashlar.cluster.zookeeper;

import io.ashlar.base.MonotonicClock;

/// How long this node may act on its session without having heard from ZooKeeper.
///
/// ZooKeeper expires a session at the earliest its timeout after it has *received* the last request. Two thirds of the
/// timeout after the *sending* of the last request that was answered is earlier; the remaining third covers what the
/// clocks differ in speed, and that in an ensemble the leader hears of a request up to half a tick after the follower
/// that has answered it.
///
/// **Thread:** any.
final class SessionLease {
    private final MonotonicClock clock;
    private final long boundNanos;
    private long confirmedNanos;
    private boolean confirmed;
    private boolean ended;

    /// @param timeoutMillis of the session, as the server granted it
    SessionLease(MonotonicClock clock, int timeoutMillis) {
        this.clock = clock;
        this.boundNanos = timeoutMillis * 1_000_000L / 3 * 2;
    }

    /// @param sentNanos when the request was sent that the server has now answered, by this lease's clock
    synchronized void confirm(long sentNanos) {
        if (!confirmed || sentNanos - confirmedNanos > 0) {
            confirmed = true;
            confirmedNanos = sentNanos;
        }
    }

    /// For good: the session is over, or this node leaves it.
    synchronized void end() {
        ended = true;
    }

    synchronized boolean ended() {
        return ended;
    }

    synchronized boolean valid() {
        return confirmed && !ended && clock.nanos() - confirmedNanos < boundNanos;
    }
}
