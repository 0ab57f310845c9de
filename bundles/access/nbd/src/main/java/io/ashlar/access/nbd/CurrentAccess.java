package io.ashlar.access.nbd;

import io.ashlar.access.VolumeAccess;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The data path as it is installed now; it comes, goes and is replaced while connections are open.
///
/// **Thread:** any.
final class CurrentAccess {
    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile VolumeAccess access;

    /// @return null while there is none
    VolumeAccess get() {
        return access;
    }

    void set(VolumeAccess newcomer) {
        synchronized (this) {
            access = newcomer;
        }
        listeners.forEach(Runnable::run);
    }

    /// The newcomer of a replacement is set before the old one leaves.
    void unset(VolumeAccess leaving) {
        synchronized (this) {
            if (access != leaving) {
                return;
            }
            access = null;
        }
        listeners.forEach(Runnable::run);
    }

    /// @param listener must not block
    void addListener(Runnable listener) {
        listeners.add(listener);
    }

    void removeListener(Runnable listener) {
        listeners.remove(listener);
    }
}
