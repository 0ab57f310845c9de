package io.ashlar.extent;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import java.util.List;

/// A physical extent as its lease owner needs it.
///
/// @param location the chunks that are recorded to hold a segment; never empty
/// @param locationVersion changes with every change of the location (S2)
/// @param floor segments below this generation are stale (EM-09)
/// @param synced whether a sync was ever recorded; until then missing segments may be made, afterwards never
/// @param replicas how many segments the extent should have
public record PlacedExtent(
        Pid pid,
        long volumeId,
        List<ChunkId> location,
        long locationVersion,
        Generation floor,
        boolean synced,
        int replicas) {
    public PlacedExtent {
        location = List.copyOf(location);
    }
}
