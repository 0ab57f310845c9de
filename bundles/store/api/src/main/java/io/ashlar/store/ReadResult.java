package io.ashlar.store;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.StorageException;

/// The answer to a read.
public sealed interface ReadResult {
    /// The destination is filled with checked bytes.
    record Done() implements ReadResult {}

    record Fenced(LeaseEpoch highest) implements ReadResult {}

    record Missing() implements ReadResult {}

    record Busy() implements ReadResult {}

    /// At least one sector does not match its checksum; the destination holds nothing of use (LS-06).
    ///
    /// @param firstBadOffsetBytes inside the segment
    record Damaged(int firstBadOffsetBytes) implements ReadResult {}

    record Failed(StorageException cause) implements ReadResult {}
}
