package io.ashlar.store;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.StorageException;

/// The answer to raising a fence.
public sealed interface FenceResult {
    record Fenced(SegmentState state) implements FenceResult {}

    /// A higher epoch has been here: the asker's lease is over.
    record Refused(LeaseEpoch highest) implements FenceResult {}

    /// There is no such segment and none may be made.
    record Missing() implements FenceResult {}

    record Failed(StorageException cause) implements FenceResult {}
}
