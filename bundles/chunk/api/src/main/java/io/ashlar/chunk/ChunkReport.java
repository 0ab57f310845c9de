package io.ashlar.chunk;

import io.ashlar.base.ChunkId;

/// A chunk's heartbeat; no list of extents (CM-24).
///
/// @param trouble what is wrong with it, empty when it is healthy
/// @param thinUsedBytes blocks allocated, in whole blocks
/// @param measurement sequence number of the measurement, grows by one with each
public record ChunkReport(
        ChunkId id, String trouble, long capacityBytes, long thinUsedBytes, int segments, long measurement) {}
