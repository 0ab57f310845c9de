package io.ashlar.access;

import java.util.List;

/// What a range is made of.
public sealed interface StatusOutcome {
    /// @param runs cover the asked range in order, without gaps
    record Runs(List<Run> runs) implements StatusOutcome {
        public Runs {
            runs = List.copyOf(runs);
        }
    }

    /// @param allocated false: a hole that reads as zeros
    record Run(long lengthBytes, boolean allocated) {}

    record Failed(IoFailure failure) implements StatusOutcome {}
}
