package io.ashlar.store;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import org.osgi.annotation.versioning.ProviderType;

/// One running chunk as its callers see it; a local one is called directly, a remote one through a proxy of the same
/// type. Registered as a service with [#CHUNK_ID] while the chunk serves; it goes away when the chunk stops.
///
/// Every request names the lease epoch under which it is made and is refused when the segment is fenced higher (safety
/// S2, S3). Offsets are bytes inside the segment; offsets and lengths are multiples of the sector size.
///
/// **Thread:** callable from any thread, never blocks: requests enter a bounded queue (a full one answers
/// [WriteResult.Busy] or the like at once). Results come on a thread of the store and must not block it. Requests for
/// one segment that come from one thread are taken in that order.
/// **Durability:** a positive answer to [#fence], [#stamp] and [#write] is given only after a sync: it survives `kill
/// -9` and loss of power, as far as the disk keeps what it has confirmed.
@ProviderType
public interface ChunkStore {
    /// Service property, `Integer`: the cid.
    String CHUNK_ID = "chunk.id";

    ChunkId id();

    /// Raises the fence of a segment, durably, and tells its state including every write admitted before (S3). A
    /// segment that does not exist is made, empty and complete, at [Generation#ZERO], if `identity.mayCreate()`; else
    /// it is [FenceResult.Missing].
    void fence(SegmentIdentity identity, LeaseEpoch epoch, Completion<FenceResult> completion);

    /// Ends sync generation for a segment that is kept: its generation becomes `expected.stamped(epoch)`. Refused when
    /// its generation is not `expected` or the fence is not `epoch`.
    void stamp(Pid pid, LeaseEpoch epoch, Generation expected, Completion<WriteResult> completion);

    /// Applies one write: data, checksums and generation together or not at all. Admitted only when the segment's last
    /// admitted generation is `(write.generation().epoch(), counter - 1)`; so writes may be sent without waiting for
    /// each other.
    ///
    /// @param data the bytes, `write.lengthBytes()` long, for [SegmentWrite.Kind#DATA]; null for the other kinds. The
    ///     store retains
    ///     it until it needs it no more, which may be after the answer
    /// @param checksums one CRC32C a sector of the data; null for the other kinds. Trusted to name what the sender
    ///     meant: the
    ///     store keeps them and does not compute them anew
    void write(SegmentWrite write, Payload data, int[] checksums, Completion<WriteResult> completion);

    /// Tells what came after one of the segment's generations, from a bounded memory of its last writes that survives a
    /// crash: at least [SegmentAdvance#MAX_PATCHES] writes back.
    ///
    /// @param since a pair that the segment may once have had; [HistoryResult.Unknown] when it is not remembered
    void history(Pid pid, LeaseEpoch epoch, Generation since, Completion<HistoryResult> completion);

    /// Brings a segment that lags up to the others, durably, whole or not at all. Answers as [#stamp]; after a positive
    /// answer the segment's generation is `advance.target()`.
    ///
    /// @param data the bytes of the DATA patches, one after the other in order; null when there are none. Retained as
    ///     in [#write]
    /// @param checksums one CRC32C a sector of the data; null when there are none
    void advance(SegmentAdvance advance, Payload data, int[] checksums, Completion<WriteResult> completion);

    /// Reads whole sectors into `destination`, checks each; blocks never written are zeros.
    ///
    /// @param destination `lengthBytes` long; retained by the store until the answer
    void read(
            Pid pid,
            LeaseEpoch epoch,
            int offsetBytes,
            int lengthBytes,
            Payload destination,
            Completion<ReadResult> completion);

    /// Tells which blocks of 256 KiB are allocated: bit `i` of the map is block `i`.
    void blockMap(Pid pid, LeaseEpoch epoch, Completion<BlockMapResult> completion);

    /// Reads and checks the whole segment and gives a digest of its logical bytes (holes as zeros), for comparing
    /// replicas.
    void digest(Pid pid, LeaseEpoch epoch, Completion<DigestResult> completion);

    /// @return counts and space now; a snapshot, cheap
    ChunkStats stats();
}
