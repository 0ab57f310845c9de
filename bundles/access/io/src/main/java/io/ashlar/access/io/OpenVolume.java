package io.ashlar.access.io;

import io.ashlar.volume.VolumeMap;
import java.util.ArrayList;
import java.util.List;

/// A volume that somebody has open here, with the newest map that is known of it; shared by its handles.
///
/// **Thread:** any.
final class OpenVolume {
    private volatile VolumeMap map;
    private final List<String> clients = new ArrayList<>();

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

    synchronized void opened(String client) {
        clients.add(client);
    }

    synchronized void closed(String client) {
        clients.remove(client);
    }

    synchronized boolean inUse() {
        return !clients.isEmpty();
    }

    synchronized List<String> clients() {
        return List.copyOf(clients);
    }
}
