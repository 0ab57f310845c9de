package io.ashlar.access;

/// The end of a request that returns no data.
public sealed interface IoOutcome {
    record Done() implements IoOutcome {}

    record Failed(IoFailure failure) implements IoOutcome {}
}
