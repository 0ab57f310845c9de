package io.ashlar.volume;

import io.ashlar.base.Lid;
import java.util.List;

/// What an access point needs of a volume (VM-03).
///
/// @param lids one for each 256 MiB, in order
public record VolumeMap(long volumeId, String name, long sizeBytes, List<Lid> lids) {
    public VolumeMap {
        lids = List.copyOf(lids);
    }
}
