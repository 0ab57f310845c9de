package io.ashlar.access.io;

import java.util.concurrent.TimeUnit;

/// The configuration of the data path as plain values.
///
/// @param requestNanos how long a client's request may wait for a lease, replicas or a manager before it fails
/// @param renewNanos between two renewals of the session
/// @param idleLeaseNanos after which an unused lease is given back (EM-26)
/// @param closedLeaseNanos the same for extents of volumes that nobody has open any more
/// @param stopNanos how long a stop waits for requests in flight
/// @param roomFloorBytes below it a chunk counts as full for new blocks (S13)
record IoSettings(
        int loops,
        OwnerLimits limits,
        long requestNanos,
        long renewNanos,
        long idleLeaseNanos,
        long closedLeaseNanos,
        long stopNanos,
        int managerCalls,
        int cachedExtents,
        int requestsInFlight,
        long bufferBytes,
        long roomFloorBytes) {
    private static final long MEGABYTE = 1024 * 1024;

    static IoSettings of(IoComponent.Config config) {
        return new IoSettings(
                config.loops(),
                OwnerLimits.ofMillis(
                        config.writeTimeoutMillis(),
                        config.readTimeoutMillis(),
                        config.fenceTimeoutMillis(),
                        config.awaitChunkMillis(),
                        config.managerTimeoutMillis(),
                        config.awaitRoomMillis()),
                TimeUnit.MILLISECONDS.toNanos(config.requestTimeoutMillis()),
                TimeUnit.MILLISECONDS.toNanos(config.renewMillis()),
                TimeUnit.SECONDS.toNanos(config.idleLeaseSeconds()),
                TimeUnit.SECONDS.toNanos(config.closedLeaseSeconds()),
                TimeUnit.MILLISECONDS.toNanos(config.stopTimeoutMillis()),
                config.managerCalls(),
                config.cachedExtents(),
                config.requestsInFlight(),
                config.bufferMegabytes() * MEGABYTE,
                config.roomFloorMegabytes() * MEGABYTE);
    }
}
