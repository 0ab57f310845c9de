package io.ashlar.access;

import io.ashlar.base.Payload;

/// The end of a read.
public sealed interface ReadOutcome {
    /// @param bytes exactly as many as asked for; the receiver releases it
    record Data(Payload bytes) implements ReadOutcome {}

    record Failed(IoFailure failure) implements ReadOutcome {}
}
