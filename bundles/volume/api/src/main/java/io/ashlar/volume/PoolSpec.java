package io.ashlar.volume;

/// A pool to be made: a name and what its volumes are like unless they say otherwise.
///
/// @param replicas 1 only by asking for it (S9)
public record PoolSpec(String name, int replicas, String placement, String provision) {}
