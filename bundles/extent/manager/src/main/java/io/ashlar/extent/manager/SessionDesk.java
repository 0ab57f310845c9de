package io.ashlar.extent.manager;

import io.ashlar.base.Outcome;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.extent.SessionInfo;
import io.ashlar.extent.manager.LeaseBook.Times;
import io.ashlar.meta.MetaBatch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Registers, renews and ends sessions. **Thread:** any.
final class SessionDesk {
    /// A bound against clients gone wild; far above any real number of access points.
    static final int MAX_SESSIONS = 10_000;

    private static final int MAX_NODE_NAME_CHARACTERS = 255;

    private final Ledger ledger;
    private final long periodMillis;
    private final Predicate<ProcessIdentity> provenGone;

    SessionDesk(Ledger ledger, Times times, Predicate<ProcessIdentity> provenGone) {
        this.ledger = ledger;
        this.periodMillis = TimeUnit.NANOSECONDS.toMillis(times.periodNanos());
        this.provenGone = provenGone;
    }

    Outcome<Long> open(SessionId id, String node, ProcessIdentity process) {
        if (node.length() > MAX_NODE_NAME_CHARACTERS) {
            return Outcome.refused(
                    Outcome.Kind.INVALID, "the name of the session's node is too long", "use a short node name");
        }
        return ledger.answer(() -> {
            if (ledger.leases().renew(id, ledger.nowNanos())) {
                return Outcome.ok(periodMillis);
            }
            if (ledger.leases().knows(id)) {
                return Outcome.refused(Outcome.Kind.NOT_FOUND, "session " + id + " is over", "open one with a new id");
            }
            if (ledger.leases().sessionCount() >= MAX_SESSIONS) {
                return Outcome.refused(
                        Outcome.Kind.UNAVAILABLE, "there are " + MAX_SESSIONS + " sessions already", "try again later");
            }
            return record(new SessionRow(id, node, process));
        });
    }

    private Outcome<Long> record(SessionRow row) {
        boolean durable = false;
        try {
            ledger.commit(new Hold(Set.of()), new MetaBatch().put(Rows.SESSIONS, Rows.key(row.id()), Rows.encode(row)));
            durable = true;
        } finally {
            if (!durable) {
                ledger.leases().neverBegan(row.id());
            }
        }
        // The same request may have come twice and the other one been faster, or the session may have been closed
        // meanwhile.
        if (!ledger.leases().knows(row.id())) {
            ledger.leases().open(row, ledger.nowNanos());
        }
        return ledger.leases().renew(row.id(), ledger.nowNanos())
                ? Outcome.ok(periodMillis)
                : Outcome.refused(Outcome.Kind.NOT_FOUND, "session " + row.id() + " is over", "open one with a new id");
    }

    Outcome<Long> renew(SessionId id) {
        return ledger.answer(() -> ledger.leases().renew(id, ledger.nowNanos())
                ? Outcome.ok(periodMillis)
                : Outcome.refused(Outcome.Kind.NOT_FOUND, "session " + id + " is over", "open one with a new id"));
    }

    void close(SessionId id) {
        ledger.request(() -> {
            ledger.leases().end(id);
            forgetOver();
            return null;
        });
    }

    List<SessionInfo> sessions() {
        return ledger.answer(() -> ledger.leases().views(ledger.nowNanos()).stream()
                .map(view -> new SessionInfo(
                        view.row().id(),
                        view.row().node(),
                        view.leases(),
                        TimeUnit.NANOSECONDS.toMillis(view.leftNanos())))
                .toList());
    }

    /// Ends what is over by time or proven gone, and deletes the rows of all sessions that are over. Needs the lock.
    void sweep() {
        ledger.leases().expire(ledger.nowNanos(), row -> provenGone.test(row.process()));
        forgetOver();
    }

    private void forgetOver() {
        var over = ledger.leases().over();
        if (over.isEmpty()) {
            return;
        }
        var batch = new MetaBatch();
        over.forEach(id -> batch.delete(Rows.SESSIONS, Rows.key(id)));
        ledger.commit(new Hold(Set.of()), batch);
        ledger.leases().forgotten(over);
    }
}
