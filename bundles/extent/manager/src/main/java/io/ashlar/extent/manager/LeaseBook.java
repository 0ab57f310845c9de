package io.ashlar.extent.manager;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.SessionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Who may order the I/O of which extent, and until when. In memory only (S8): after a change of leader the sessions of
/// before, the *predecessors*, are waited out, and until then nothing is granted to anybody.
///
/// The manager's view of a session ends a margin later than the session's own: the session counts its period from when
/// it sent, the manager from when it received, and adds the margin for the difference of the clocks' speed (S7).
///
/// Pure: time comes in by each call. Guarded by the manager's lock.
final class LeaseBook {
    /// @param periodNanos what a session is told
    /// @param marginNanos what the manager adds
    record Times(long periodNanos, long marginNanos) {
        long wholeNanos() {
            return periodNanos + marginNanos;
        }
    }

    sealed interface Answer {
        record Granted(LeaseEpoch epoch) implements Answer {}

        record Held(String node, long retryNanos) implements Answer {}

        record Over() implements Answer {}
    }

    /// @param leases how many it holds
    /// @param leftNanos until it is taken for over
    record View(SessionRow row, int leases, long leftNanos) {}

    private static final class Session {
        private final SessionRow row;
        private final Set<Lid> held = new HashSet<>();
        private long expiresNanos;

        Session(SessionRow row, long expiresNanos) {
            this.row = row;
            this.expiresNanos = expiresNanos;
        }
    }

    private record Lease(Session session, LeaseEpoch epoch) {}

    private final Times times;
    private final Epochs epochs;
    private final long predecessorsEndNanos;
    private final Map<SessionId, SessionRow> predecessors = new LinkedHashMap<>();
    private final Map<SessionId, Session> sessions = new LinkedHashMap<>();
    private final Map<Lid, Lease> leases = new HashMap<>();
    /// Sessions that are over and whose rows are still in the table.
    private final Set<SessionId> over = new LinkedHashSet<>();

    /// @param recorded the sessions that the table held when this leader began
    /// @param nowNanos the time then
    LeaseBook(Times times, Epochs epochs, Collection<SessionRow> recorded, long nowNanos) {
        this.times = times;
        this.epochs = epochs;
        recorded.forEach(row -> predecessors.put(row.id(), row));
        this.predecessorsEndNanos = nowNanos + times.wholeNanos();
    }

    // ---- sessions ---------------------------------------------------------------------------------------------------

    /// Begins a session whose row is durable.
    void open(SessionRow row, long nowNanos) {
        sessions.put(row.id(), new Session(row, nowNanos + times.wholeNanos()));
    }

    /// @return false: the session is over, or was never one of this leader's
    boolean renew(SessionId id, long nowNanos) {
        var session = alive(id, nowNanos);
        session.ifPresent(living -> living.expiresNanos = nowNanos + times.wholeNanos());
        return session.isPresent();
    }

    /// Ends a session that has stopped, or is proven gone; its leases are free. Harmless for one that is not known.
    void end(SessionId id) {
        var session = sessions.remove(id);
        if (session != null) {
            session.held.forEach(leases::remove);
            over.add(id);
        }
        if (predecessors.remove(id) != null) {
            over.add(id);
        }
    }

    /// Notes a session whose row may be in the table though it never began.
    void neverBegan(SessionId id) {
        over.add(id);
    }

    boolean knows(SessionId id) {
        return sessions.containsKey(id) || predecessors.containsKey(id) || over.contains(id);
    }

    boolean isAlive(SessionId id, long nowNanos) {
        return alive(id, nowNanos).isPresent();
    }

    int sessionCount() {
        return sessions.size() + predecessors.size();
    }

    /// Ends every session whose time is over or whose process is gone for certain.
    void expire(long nowNanos, Predicate<SessionRow> gone) {
        if (nowNanos - predecessorsEndNanos >= 0) {
            List.copyOf(predecessors.keySet()).forEach(this::end);
        }
        List.copyOf(predecessors.values()).stream()
                .filter(gone)
                .map(SessionRow::id)
                .forEach(this::end);
        for (var session : List.copyOf(sessions.values())) {
            if (alive(session.row.id(), nowNanos).isPresent() && gone.test(session.row)) {
                end(session.row.id());
            }
        }
    }

    /// @return sessions whose rows are to be deleted; each stays here until [#forgotten]
    List<SessionId> over() {
        return List.copyOf(over);
    }

    void forgotten(Collection<SessionId> ids) {
        over.removeAll(ids);
    }

    /// @return the sessions that live and the predecessors that may
    List<View> views(long nowNanos) {
        var views = new ArrayList<View>();
        predecessors.values().forEach(row -> views.add(new View(row, 0, predecessorsEndNanos - nowNanos)));
        for (var session : List.copyOf(sessions.values())) {
            alive(session.row.id(), nowNanos)
                    .ifPresent(living ->
                            views.add(new View(living.row, living.held.size(), living.expiresNanos - nowNanos)));
        }
        return views;
    }

    private Optional<Session> alive(SessionId id, long nowNanos) {
        var session = sessions.get(id);
        if (session == null) {
            return Optional.empty();
        }
        if (nowNanos - session.expiresNanos >= 0) {
            end(id);
            return Optional.empty();
        }
        return Optional.of(session);
    }

    // ---- leases -----------------------------------------------------------------------------------------------------

    Answer acquire(SessionId id, Lid lid, long nowNanos) {
        return decide(id, lid, nowNanos, false);
    }

    /// As [#acquire], but the holder too gets a new epoch.
    Answer renewEpoch(SessionId id, Lid lid, long nowNanos) {
        return decide(id, lid, nowNanos, true);
    }

    private Answer decide(SessionId id, Lid lid, long nowNanos, boolean newEpoch) {
        var session = alive(id, nowNanos);
        if (session.isEmpty()) {
            return new Answer.Over();
        }
        long waitNanos = waitNanos(nowNanos);
        if (waitNanos > 0) {
            return new Answer.Held("", waitNanos);
        }
        var lease = living(lid, nowNanos);
        if (lease.isEmpty()) {
            return grant(session.get(), lid);
        }
        var holder = lease.get().session;
        if (holder != session.get()) {
            return new Answer.Held(holder.row.node(), holder.expiresNanos - nowNanos);
        }
        return newEpoch ? grant(holder, lid) : new Answer.Granted(lease.get().epoch);
    }

    private Answer grant(Session session, Lid lid) {
        var epoch = epochs.next();
        leases.put(lid, new Lease(session, epoch));
        session.held.add(lid);
        return new Answer.Granted(epoch);
    }

    /// @return how long nothing is granted because a predecessor may still hold it; 0: not any more
    long waitNanos(long nowNanos) {
        return predecessors.isEmpty() ? 0 : Math.max(0, predecessorsEndNanos - nowNanos);
    }

    void release(SessionId id, Lid lid, LeaseEpoch epoch) {
        var lease = leases.get(lid);
        if (lease != null && lease.session.row.id().equals(id) && lease.epoch.equals(epoch)) {
            drop(lid);
        }
    }

    /// Ends the lease of an extent that is deleted.
    void drop(Lid lid) {
        var lease = leases.remove(lid);
        if (lease != null) {
            lease.session.held.remove(lid);
        }
    }

    /// @return the epoch of the lease that is in force; empty while there is none
    Optional<LeaseEpoch> epochOf(Lid lid, long nowNanos) {
        return living(lid, nowNanos).map(Lease::epoch);
    }

    boolean holds(SessionId id, Lid lid, LeaseEpoch epoch, long nowNanos) {
        return living(lid, nowNanos)
                .filter(lease -> lease.session.row.id().equals(id) && lease.epoch.equals(epoch))
                .isPresent();
    }

    Optional<String> nodeOf(Lid lid, long nowNanos) {
        return living(lid, nowNanos).map(lease -> lease.session.row.node());
    }

    int leaseCount() {
        return leases.size();
    }

    private Optional<Lease> living(Lid lid, long nowNanos) {
        var lease = leases.get(lid);
        return lease == null || alive(lease.session.row.id(), nowNanos).isEmpty()
                ? Optional.empty()
                : Optional.of(lease);
    }
}
