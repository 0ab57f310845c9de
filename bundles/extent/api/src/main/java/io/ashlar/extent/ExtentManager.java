package io.ashlar.extent;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/// Owns the tables of logical and physical extents; grants leases; changes locations. Registered on the leader.
///
/// **Thread:** any but an event loop; calls may block for a commit. [io.ashlar.base.StorageException.StaleEpoch] when
/// this node no longer leads, [io.ashlar.base.StorageException.Unavailable] when a table cannot be reached: the outcome
/// of a change is then unknown to the caller.
@ProviderType
public interface ExtentManager {
    // ---- sessions -------------------------------------------------------------------------------------------------

    /// Registers an access point, durably, before it may hold any lease.
    ///
    /// @param process lets a later leader prove that the session is over without waiting
    /// @return how long a renewal lasts, milliseconds; counted by the session from when it *sent* the request (S7)
    Outcome<Long> openSession(SessionId session, String node, ProcessIdentity process);

    /// Renews the session and with it all its leases.
    ///
    /// @return the same period; or NOT_FOUND: the session is over, and with it all its leases
    Outcome<Long> renewSession(SessionId session);

    /// Ends the session in order; all its leases are free at once. The session has stopped all I/O before it calls
    /// this.
    void closeSession(SessionId session);

    List<SessionInfo> sessions();

    // ---- leases ---------------------------------------------------------------------------------------------------

    /// Asks for the lease of one extent. For the holder itself, asking again is harmless: it gets the same lease, with
    /// a place when it has come to write and the extent had none (EM-14).
    ///
    /// @param toWrite a thin extent without a place is given one only when this is true
    LeaseResult acquire(SessionId session, Lid lid, boolean toWrite);

    /// As [#acquire] with a new, higher epoch for an extent whose state the holder is not sure of (S4). The holder has
    /// stopped all I/O of the extent.
    LeaseResult renewEpoch(SessionId session, Lid lid, LeaseEpoch current);

    /// Gives a lease back; harmless when it is over already.
    void release(SessionId session, Lid lid, LeaseEpoch epoch);

    // ---- locations ------------------------------------------------------------------------------------------------

    /// Ends sync generation: durable before the first I/O under a lease (S5).
    ///
    /// @param locationVersion that the owner worked with
    /// @param floor the generation that every kept segment was stamped with
    /// @param keep the segments that are good, not empty; the others leave the location
    ChangeResult synced(Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> keep);

    /// Removes segments that failed a write, durably, before that write is acknowledged (AC-08, S2). Never the last.
    ///
    /// @param floor a generation that the remaining segments have for certain
    ChangeResult removeSegments(Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> failed);

    // ---- the volume manager's side --------------------------------------------------------------------------------

    /// Makes logical extents; with places and booked space at once where the provision policy says so (thick, SP-25).
    ///
    /// @return the new lids in order, or NO_SPACE / UNAVAILABLE, and then nothing was made
    Outcome<List<Lid>> create(ExtentSpec spec, int count);

    /// Forgets extents that no volume refers to any more. Their leases end; their segments are garbage from then on.
    void delete(List<Lid> lids);

    /// Finds every logical extent that was made for a volume and not deleted, in the order of the ids: so that the
    /// volume manager can clear up what it was making when it crashed. Not for the data path: it may walk the whole
    /// table.
    List<Lid> ofVolume(long volumeId);

    // ---- views ----------------------------------------------------------------------------------------------------

    /// @return one for each lid that is known, in the order asked
    List<ExtentInfo> describe(List<Lid> lids);

    /// Of the segments that a chunk has, those whose extent was deleted (LS-05). A pid that was never given by this
    /// manager's tables is *not* garbage, since the tables may be the ones that lost it; nor is an unlisted copy of a
    /// living extent (S18).
    ///
    /// @param held at most 10,000 at a time
    List<Pid> garbage(ChunkId chunk, List<Pid> held);

    ExtentTotals totals();
}
