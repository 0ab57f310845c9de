package io.ashlar.volume;

import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// Owns pools and volumes (VM-01..04). Registered on the leader.
///
/// Volumes are named `pool/volume`. **Thread:** any but an event loop; calls may block for a commit.
/// [io.ashlar.base.StorageException.StaleEpoch] when this node no longer leads.
@ProviderType
public interface VolumeManager {
    Outcome<PoolInfo> createPool(PoolSpec spec);

    List<PoolInfo> pools();

    Outcome<VolumeInfo> createVolume(VolumeSpec spec);

    /// @param pool name of a pool, or "" for the volumes of all pools
    Outcome<List<VolumeInfo>> volumes(String pool);

    Outcome<VolumeInfo> volume(String name);

    /// Refused while the volume is open.
    Outcome<VolumeInfo> delete(String name);

    /// @param allowShrink without it a smaller size is refused, since what lies beyond it is lost; a volume that is
    ///     open is never shrunk
    Outcome<VolumeInfo> resize(String name, long sizeBytes, boolean allowShrink);

    /// Notes that a session has the volume open; counted for each call.
    ///
    /// @param client printable, for "in use by"
    Outcome<VolumeMap> open(String name, SessionId session, String client);

    /// Ends one [#open]; harmless when there is none.
    void close(long volumeId, SessionId session, String client);

    /// Reads the map again, for a volume that has been resized.
    Outcome<VolumeMap> map(long volumeId);
}
