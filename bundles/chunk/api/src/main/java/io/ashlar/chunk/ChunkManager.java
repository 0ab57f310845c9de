package io.ashlar.chunk;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/// Knows every chunk, where it is, whether it lives, and what space it has; serves allocations of space (CM-23).
/// Registered on the leader.
///
/// **Thread:** any but an event loop; calls may block for a commit. [io.ashlar.base.StorageException.StaleEpoch] when
/// this node no longer leads.
@ProviderType
public interface ChunkManager {
    /// Makes the chunk known, or finds it again by its store uuid, with its node (CM-06, in one commit); idempotent. A
    /// node that is not known yet is made under the cluster root.
    Outcome<ChunkId> register(ChunkRegistration registration);

    /// One sign of life with the chunk's own measurements, every second (CM-24).
    Outcome<HeartbeatReply> heartbeat(ChunkReport report);

    /// The chunk stops in order: it is not asked for anything from now on, without waiting for missed heartbeats.
    void stopping(ChunkId id, String why);

    /// @return every chunk that is known, sorted by id
    List<ChunkInfo> chunks();

    /// @return the tree, parents before children
    List<TopoObject> topology();

    /// Makes a zone, rack or brick; never a node or chunk, which come by registration (CM-02).
    Outcome<TopoObject> createTopo(TopoObject.Kind kind, String name, long parentId);

    /// Renames or moves (another parent) an object with all that is below it (CM-04, CM-05).
    Outcome<TopoObject> updateTopo(long topoId, String name, long parentId);

    /// Deletes an object that has no children.
    Outcome<TopoObject> deleteTopo(long topoId);

    /// Chooses chunks for new extents and books their space until it shows in a report of `request.extentManager()`
    /// with a higher version (SP-11..20). Bookings are in memory only. The thick extents of one request are booked
    /// together or not at all; thin ones each for itself.
    ///
    /// @return one reply for each of the request's extents, in order; or refused as a whole: UNAVAILABLE while the
    ///     reports that
    ///     the sum needs have not come in (SP-26)
    Outcome<List<SpaceReply>> reserve(SpaceRequest request);

    /// Takes in what an extent manager's tables hold; drops its bookings with a lower version (SP-16).
    ///
    /// @return how many measurements have come from each chunk to this leader. A thin segment that this report holds is
    ///     in the
    ///     chunk's own figure for certain when the reply to a later report says at least two more than the reply to this one
    ///     (one may have been taken before the segment was made), and need not be counted as new any more (SP-10)
    Map<ChunkId, Long> report(SpaceReport report);
}
