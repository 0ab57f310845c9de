package io.ashlar.extent.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.extent.PlacedExtent;
import java.util.List;

/// One row of the table of physical extents.
///
/// @param location never empty
/// @param locationVersion starts at 1, grows by 1 with each change of the location
/// @param floor segments below it are stale; never goes down
/// @param epoch lease epoch of the last recorded change; NONE until there was one
/// @param synced whether a sync was ever recorded
/// @param thick which class its space counts in (SP-08); kept, so that a later answer of a policy changes nothing
/// @param policy name and version of the placement policy that chose
record Pextent(
        Pid pid,
        Lid lid,
        long volumeId,
        List<ChunkId> location,
        long locationVersion,
        Generation floor,
        LeaseEpoch epoch,
        boolean synced,
        int replicas,
        boolean thick,
        String policy,
        String why) {
    Pextent {
        location = List.copyOf(location);
        if (location.isEmpty()) {
            throw new IllegalArgumentException(pid + " without a location");
        }
    }

    static Pextent fresh(Pid pid, Lextent of, List<ChunkId> location, boolean thick, String policy, String why) {
        return new Pextent(
                pid,
                of.lid(),
                of.volumeId(),
                location,
                1,
                Generation.ZERO,
                LeaseEpoch.NONE,
                false,
                of.replicas(),
                thick,
                policy,
                why);
    }

    /// What its lease owner recorded: the segments in `keep` stay, in their old order.
    Pextent recorded(LeaseEpoch by, Generation newFloor, List<ChunkId> keep) {
        return new Pextent(
                pid,
                lid,
                volumeId,
                keep,
                keep.equals(location) ? locationVersion : locationVersion + 1,
                newFloor,
                by,
                true,
                replicas,
                thick,
                policy,
                why);
    }

    PlacedExtent placed() {
        return new PlacedExtent(pid, volumeId, location, locationVersion, floor, synced, replicas);
    }
}
