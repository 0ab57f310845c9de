package io.ashlar.access.io;

import io.ashlar.access.ExtentReport;
import io.ashlar.access.IoFailure;
import io.ashlar.base.Payload;
import java.util.BitSet;
import java.util.Optional;

/// The end of one [Op].
sealed interface OpResult {
    record Done() implements OpResult {}

    /// @param bytes exactly as many as asked for, with one reference for the receiver
    record Data(Payload bytes) implements OpResult {}

    /// @param blocks bit `i` is block `i` of the extent
    record Blocks(BitSet blocks) implements OpResult {}

    /// @param report empty for an extent that has no data yet; its index is 0 and filled in by whoever knows the volume
    record Compared(Optional<ExtentReport> report) implements OpResult {}

    record Failed(IoFailure failure) implements OpResult {}

    Done DONE = new Done();

    static OpResult failed(IoFailure.Kind kind, String message) {
        return new Failed(new IoFailure(kind, message));
    }
}
