package io.ashlar.store;

/// Counts and space of one chunk at one moment.
///
/// @param capacityBytes what segments may take at most
/// @param usedBytes blocks allocated, multiple of the block size
/// @param freeBytes what can still be allocated: the smaller of what the capacity and what the file system leave, less
///     the reserve
/// @param journalBytes bytes in the journal that are not yet checkpointed
/// @param queuedRequests requests taken and not yet answered
/// @param damagedSectors checksum errors seen since the start
public record ChunkStats(
        long capacityBytes,
        long usedBytes,
        long freeBytes,
        int segments,
        long journalBytes,
        int queuedRequests,
        long writes,
        long reads,
        long damagedSectors) {}
