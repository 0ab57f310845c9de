package io.ashlar.extent;

/// What the extents of a volume shall be like.
///
/// @param volumeId kept in every segment's header
/// @param replicas segments an extent should have
/// @param placement name of the placement policy
/// @param provision name of the provision policy: `thin` or `thick`
public record ExtentSpec(long volumeId, int replicas, String placement, String provision) {}
