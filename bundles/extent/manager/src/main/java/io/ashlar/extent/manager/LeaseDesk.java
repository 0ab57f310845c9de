package io.ashlar.extent.manager;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.SessionId;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.manager.Allocator.Reserved;
import io.ashlar.extent.manager.LeaseBook.Answer;
import io.ashlar.meta.MetaBatch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Gives leases out and takes them back; gives a thin extent its place when its owner comes to write (EM-14).
/// **Thread:** any.
final class LeaseDesk {
    /// The holder may give the lease back, or be proven gone, long before its time is over: ask again soon.
    private static final long LONGEST_RETRY_MILLIS = 500;

    private static final long SHORTEST_RETRY_MILLIS = 10;

    /// More than callers may take while one of them waits for an extent.
    private static final long EPOCHS_AT_HAND = 10_000;

    private final Ledger ledger;
    private final Allocator allocator;

    LeaseDesk(Ledger ledger, Allocator allocator) {
        this.ledger = ledger;
        this.allocator = allocator;
    }

    LeaseResult acquire(SessionId session, Lid lid, boolean toWrite) {
        return ledger.answer(() -> {
            ready(lid);
            return decided(session, lid, toWrite, () -> ledger.leases().acquire(session, lid, ledger.nowNanos()));
        });
    }

    LeaseResult renewEpoch(SessionId session, Lid lid) {
        return ledger.answer(() -> {
            ready(lid);
            return decided(session, lid, false, () -> ledger.leases().renewEpoch(session, lid, ledger.nowNanos()));
        });
    }

    void release(SessionId session, Lid lid, LeaseEpoch epoch) {
        ledger.request(() -> {
            ledger.leases().release(session, lid, epoch);
            return null;
        });
    }

    /// What may give up the lock comes before the decision.
    private void ready(Lid lid) {
        ledger.reserveEpochs(EPOCHS_AT_HAND);
        ledger.awaitFree(lid);
    }

    private LeaseResult decided(SessionId session, Lid lid, boolean toWrite, Supplier<Answer> decision) {
        var row = ledger.table().logical(lid);
        if (row.isEmpty()) {
            return new LeaseResult.Unknown();
        }
        return switch (decision.get()) {
            case Answer.Over() -> new LeaseResult.SessionOver();
            case Answer.Held(var node, var retryNanos) -> new LeaseResult.Held(node, retryMillis(retryNanos));
            case Answer.Granted(var epoch) -> {
                var refusal = toWrite && row.get().pid().isEmpty() ? place(row.get()) : Optional.<LeaseResult>empty();
                yield refusal.orElseGet(() -> granted(session, lid, epoch));
            }
        };
    }

    private static long retryMillis(long nanos) {
        return Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos), SHORTEST_RETRY_MILLIS, LONGEST_RETRY_MILLIS);
    }

    /// Decides once more: while a place was sought, the session may have ended or the extent may have been deleted.
    private LeaseResult granted(SessionId session, Lid lid, LeaseEpoch epoch) {
        var row = ledger.table().logical(lid);
        if (row.isEmpty()) {
            return new LeaseResult.Unknown();
        }
        if (!ledger.leases().isAlive(session, ledger.nowNanos())) {
            return new LeaseResult.SessionOver();
        }
        if (!ledger.leases().holds(session, lid, epoch, ledger.nowNanos())) {
            return new LeaseResult.Held("", SHORTEST_RETRY_MILLIS);
        }
        return new LeaseResult.Granted(
                lid, epoch, ledger.table().placeOf(row.get()).map(Pextent::placed));
    }

    private Optional<LeaseResult> place(Lextent row) {
        var hold = ledger.hold(List.of(row.lid()));
        try {
            var provision = ledger.outside(() -> allocator.provisionOfNew(row.provision()));
            return switch (allocator.reserve(hold, row.placement(), row.replicas(), provision, 1)) {
                case Reserved.Refused(var noSpace, var why) ->
                    Optional.of(noSpace ? new LeaseResult.NoSpace(why) : new LeaseResult.Unavailable(why));
                case Reserved.Booked(var places) -> {
                    var batch = new MetaBatch();
                    allocator.write(hold, batch, row, places.getFirst(), provision.atCreation());
                    ledger.commitWithCounters(hold, batch);
                    yield Optional.empty();
                }
            };
        } finally {
            ledger.letGo(hold);
        }
    }
}
