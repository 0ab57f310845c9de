package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.LeaseResult;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.DigestResult;
import io.ashlar.store.FenceResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.WriteResult;

/// What can happen to an [ExtentOwner].
sealed interface Event {
    record Submitted(Op op) implements Event {}

    /// @param session number of the session that asked
    record LeaseAnswered(int ticket, long session, LeaseResult result) implements Event {}

    record ChangeAnswered(int ticket, ChangeResult result) implements Event {}

    /// A manager could not be asked or did not answer: what came of it is unknown.
    record CallFailed(int ticket, String why) implements Event {}

    /// A chunk's answer to what a sync asked.
    sealed interface OfSync extends Event {
        /// @return the number of the sync
        int round();
    }

    record FenceAnswered(int round, ChunkId chunk, FenceResult result) implements OfSync {}

    record StampAnswered(int round, ChunkId chunk, WriteResult result) implements OfSync {}

    record HistoryAnswered(int round, ChunkId laggard, int attempt, HistoryResult result) implements OfSync {}

    record PatchAnswered(int round, ChunkId laggard, int attempt, int index, ReadResult result) implements OfSync {}

    record AdvanceAnswered(int round, ChunkId laggard, int attempt, WriteResult result) implements OfSync {}

    record WriteAnswered(Op op, LeaseEpoch epoch, int lane, WriteResult result) implements Event {}

    /// @param bytes one reference, which the owner takes over; filled only when the result says so
    record FetchAnswered(Fetch fetch, int attempt, ReadResult result, Payload bytes) implements Event {}

    record BlocksAnswered(Op op, LeaseEpoch epoch, int lane, BlockMapResult result) implements Event {}

    record DigestAnswered(Op op, LeaseEpoch epoch, ChunkId chunk, DigestResult result) implements Event {}

    /// Time has passed.
    record Tick() implements Event {}

    /// The session with this number is over, and with it the lease if it was granted under it.
    record SessionOver(long session) implements Event {}

    /// Nobody needs the extent soon: give the lease back if nothing is going on.
    record GiveUpLease() implements Event {}

    /// The access layer stops: whatever is not answered is answered now.
    record Abort(String why) implements Event {}
}
