package io.ashlar.chunk;

import java.util.List;

/// A request for places, from one extent manager at one of its space versions (SP-24).
///
/// @param extentManager the shard
/// @param spaceVersion of the extent manager when it sent the request; a lower one than its last report is refused
///     (SP-27)
/// @param policy placement policy by name
public record SpaceRequest(int extentManager, long spaceVersion, String policy, List<Extent> extents) {
    public SpaceRequest {
        extents = List.copyOf(extents);
    }

    /// @param width segments wanted
    /// @param minWidth the least that will do (S9)
    /// @param thick which class it counts in (SP-08)
    /// @param segmentBytes what each segment counts
    public record Extent(int width, int minWidth, boolean thick, long segmentBytes) {}
}
