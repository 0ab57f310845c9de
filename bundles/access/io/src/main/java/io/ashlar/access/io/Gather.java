package io.ashlar.access.io;

import io.ashlar.access.IoFailure;
import io.ashlar.base.Completion;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Waits for the parts of a request that touches several extents; fails with the first part that did.
///
/// **Thread:** parts end on any thread; the end comes on that of the last part.
final class Gather {
    private final OpResult[] parts;
    private final AtomicInteger missing;
    private final Consumer<OpResult[]> good;
    private final Consumer<IoFailure> bad;

    /// @param good called when all parts are there and none failed
    /// @param bad called with the first failure
    Gather(int parts, Consumer<OpResult[]> good, Consumer<IoFailure> bad) {
        this.parts = new OpResult[parts];
        this.missing = new AtomicInteger(parts);
        this.good = good;
        this.bad = bad;
    }

    Completion<OpResult> part(int index) {
        return result -> {
            parts[index] = result;
            if (missing.decrementAndGet() == 0) {
                end();
            }
        };
    }

    private void end() {
        for (OpResult result : parts) {
            if (result instanceof OpResult.Failed(var failure)) {
                releaseData();
                bad.accept(failure);
                return;
            }
        }
        good.accept(parts);
    }

    private void releaseData() {
        for (OpResult part : parts) {
            if (part instanceof OpResult.Data(var bytes)) {
                bytes.release();
            }
        }
    }
}
