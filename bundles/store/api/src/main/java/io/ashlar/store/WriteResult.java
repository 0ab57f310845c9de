package io.ashlar.store;

import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.StorageException;

/// The answer to a write or a stamp.
public sealed interface WriteResult {
    /// Durable.
    record Applied(Generation generation) implements WriteResult {}

    /// A higher epoch has fenced the segment; nothing was changed. The lease is over; this is no failure of the segment
    /// (S2).
    record Fenced(LeaseEpoch highest) implements WriteResult {}

    /// The generation does not follow the segment's last one; nothing was changed.
    record OutOfOrder(Generation current) implements WriteResult {}

    /// The chunk has no room for a new block; refused before a generation was taken. Nothing was changed (S13).
    record NoSpace(long freeBytes) implements WriteResult {}

    /// The chunk's queue is full; nothing was changed. The caller waits and asks again.
    record Busy() implements WriteResult {}

    record Missing() implements WriteResult {}

    /// The chunk failed; whether the write is on its disk is unknown.
    record Failed(StorageException cause) implements WriteResult {}
}
