package io.ashlar.store;

import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.StorageException;

/// What a whole segment holds.
public sealed interface DigestResult {
    /// @param sha256Hex of the 256 MiB of logical bytes, read from the disk and checked
    /// @param allocatedBytes whole blocks
    record Digest(Generation generation, String sha256Hex, long allocatedBytes) implements DigestResult {}

    record Fenced(LeaseEpoch highest) implements DigestResult {}

    record Missing() implements DigestResult {}

    record Damaged(int firstBadOffsetBytes) implements DigestResult {}

    record Failed(StorageException cause) implements DigestResult {}
}
