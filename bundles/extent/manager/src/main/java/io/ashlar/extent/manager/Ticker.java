package io.ashlar.extent.manager;

import io.ashlar.chunk.ChunkManager;
import io.ashlar.chunk.SpaceReport;
import java.util.Optional;

/// What the manager does of itself, every two seconds: ends sessions, clears up after a failing store, reports space.
/// **Thread:** one caller at a time.
final class Ticker {
    private final Ledger ledger;
    private final SessionDesk sessions;
    private final CreationDesk creations;
    private final ChunkManager chunks;
    private final long reportWaitNanos;

    /// @param reportWaitNanos how long a report waits for earlier requests; then the next one tries
    Ticker(Ledger ledger, SessionDesk sessions, CreationDesk creations, ChunkManager chunks, long reportWaitNanos) {
        this.ledger = ledger;
        this.sessions = sessions;
        this.creations = creations;
        this.chunks = chunks;
        this.reportWaitNanos = reportWaitNanos;
    }

    void tick() {
        ledger.request(() -> {
            ledger.settleDoubts();
            creations.retryUndo();
            sessions.sweep();
            ledger.reserveEpochs(Epochs.BLOCK / 2);
            return null;
        });
        report();
    }

    /// Reports what the tables hold, once all earlier requests for space are over (SP-13..17).
    ///
    /// @return false when they were not over in time
    boolean report() {
        var report = ledger.answer(this::taken);
        if (report.isEmpty()) {
            return false;
        }
        var measured = chunks.report(report.get());
        ledger.request(() -> {
            ledger.space().reported(report.get().spaceVersion(), measured);
            return null;
        });
        return true;
    }

    private Optional<SpaceReport> taken() {
        ledger.reserveEpochs(1);
        var space = ledger.space();
        long version = space.startReport();
        boolean drained = ledger.await(
                () -> {
                    space.giveUp(ledger.nowNanos());
                    return space.drained(version);
                },
                reportWaitNanos);
        if (!drained) {
            return Optional.empty();
        }
        return Optional.of(space.take(ledger.shard(), version));
    }
}
