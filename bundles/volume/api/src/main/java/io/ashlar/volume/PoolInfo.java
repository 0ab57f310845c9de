package io.ashlar.volume;

/// @param volumes how many it has
/// @param sizeBytes the sum of their sizes
public record PoolInfo(
        long id, String name, int replicas, String placement, String provision, int volumes, long sizeBytes) {}
