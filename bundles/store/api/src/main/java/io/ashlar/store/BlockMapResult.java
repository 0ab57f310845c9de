package io.ashlar.store;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.StorageException;
import java.util.BitSet;

/// Which blocks of a segment are allocated.
public sealed interface BlockMapResult {
    /// @param allocated a copy of the caller's own
    record Map(BitSet allocated) implements BlockMapResult {}

    record Fenced(LeaseEpoch highest) implements BlockMapResult {}

    record Missing() implements BlockMapResult {}

    record Failed(StorageException cause) implements BlockMapResult {}
}
