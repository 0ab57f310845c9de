package io.ashlar.access.io;

import io.ashlar.volume.VolumeMap;

/// A volume that somebody has open here, with the newest map that is known of it; shared by its handles.
///
/// **Thread:** any.
final class OpenVolume {
    private volatile VolumeMap map;
    private volatile boolean inUse = true;

    OpenVolume(VolumeMap map) {
        this.map = map;
    }

    VolumeMap map() {
        return map;
    }

    /// A volume that is open only grows; an older answer that comes late is dropped.
    synchronized void learn(VolumeMap newer) {
        if (newer.sizeBytes() >= map.sizeBytes()) {
            map = newer;
        }
    }

    /// @return false once the last client has closed it
    boolean inUse() {
        return inUse;
    }

    void unused() {
        inUse = false;
    }
}
