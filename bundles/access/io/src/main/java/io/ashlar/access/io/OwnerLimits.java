package io.ashlar.access.io;

import java.util.concurrent.TimeUnit;

/// The time limits of an [ExtentOwner], in nanoseconds unless the name says otherwise.
///
/// @param writeNanos how long all replicas have for one write before those that did not answer count as failed (AC-10)
/// @param readNanos how long one replica has for a read before the next one is asked
/// @param fenceNanos how long a chunk has to answer a fence or a stamp
/// @param awaitNanos how long a sync waits for a chunk that is not there but may come
/// @param callNanos how long a manager has to answer
/// @param roomNanos how long a write waits for a place before it fails for want of room: what was taken lately counts
///     whole until it has been measured, so that there may be room in a moment
/// @param digestNanos how long a comparison of replicas may take
/// @param catchUpNanos how long it may take to bring a laggard up, besides the wait for memory
/// @param pauseNanos before a busy chunk is asked again
/// @param firstBackoffNanos before the second attempt to get a lease or to sync; doubled each time
/// @param lastBackoffNanos what the doubling ends at
/// @param attempts how often a write of unknown outcome is sent in all
record OwnerLimits(
        long writeNanos,
        long readNanos,
        long fenceNanos,
        long awaitNanos,
        long callNanos,
        long roomNanos,
        long digestNanos,
        long catchUpNanos,
        long pauseNanos,
        long firstBackoffNanos,
        long lastBackoffNanos,
        int attempts) {
    static OwnerLimits ofMillis(long write, long read, long fence, long await, long call, long room) {
        return new OwnerLimits(
                nanos(write),
                nanos(read),
                nanos(fence),
                nanos(await),
                nanos(call),
                nanos(room),
                nanos(120_000),
                nanos(10_000),
                nanos(5),
                nanos(20),
                nanos(1_000),
                3);
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
