package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentWrite;
import java.util.Set;

/// What an [ExtentOwner] wants done; each that asks for something is answered by one [Event] at most.
sealed interface Action {
    record AskAcquire(int ticket, boolean toWrite) implements Action {}

    record AskRenewEpoch(int ticket, LeaseEpoch current) implements Action {}

    record AskSynced(int ticket, Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> keep)
            implements Action {}

    record AskRemove(int ticket, Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> failed)
            implements Action {}

    record GiveBack(LeaseEpoch epoch) implements Action {}

    /// A manager says that the session with this number is over.
    record DoubtSession(long session) implements Action {}

    record SendFence(int round, ChunkId chunk, SegmentIdentity identity, LeaseEpoch epoch) implements Action {}

    record SendStamp(int round, ChunkId chunk, Pid pid, LeaseEpoch epoch, Generation expected) implements Action {}

    /// What came after a laggard's generation, asked of a good segment.
    record AskHistory(
            int round, ChunkId laggard, int attempt, ChunkId source, Pid pid, LeaseEpoch epoch, Generation since)
            implements Action {}

    /// One range that a laggard lacks, from a good segment.
    ///
    /// @param destination as long as the range; one reference, to be released when the chunk has answered
    record ReadPatch(
            int round,
            ChunkId laggard,
            int attempt,
            int index,
            ChunkId source,
            Pid pid,
            LeaseEpoch epoch,
            int offsetBytes,
            Payload destination)
            implements Action {}

    /// @param data as [#ReadPatch]'s destination; null when there is none
    record SendAdvance(int round, ChunkId laggard, int attempt, SegmentAdvance advance, Payload data, int[] checksums)
            implements Action {}

    /// Writes to one chunk are to be sent in the order of the actions.
    record SendWrite(Op op, int lane, ChunkId chunk, SegmentWrite write, Payload sectors, int[] checksums)
            implements Action {}

    record SendRead(
            Fetch fetch, int attempt, ChunkId chunk, Pid pid, LeaseEpoch epoch, int offsetBytes, int lengthBytes)
            implements Action {}

    record SendBlocks(Op op, int lane, ChunkId chunk, Pid pid, LeaseEpoch epoch) implements Action {}

    record SendDigest(Op op, ChunkId chunk, Pid pid, LeaseEpoch epoch) implements Action {}

    record Answer(Completion<OpResult> completion, OpResult result) implements Action {}

    /// Something that an operator should find in the log.
    record Note(String text) implements Action {}
}
