package io.ashlar.extent.manager;

import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import java.util.Optional;

/// One row of the table of logical extents.
///
/// @param pid empty while the extent has no place
record Lextent(Lid lid, long volumeId, int replicas, String placement, String provision, Optional<Pid> pid) {
    Lextent placedAt(Pid place) {
        return new Lextent(lid, volumeId, replicas, placement, provision, Optional.of(place));
    }
}
