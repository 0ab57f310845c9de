package io.ashlar.access.io;

import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens this access point's session with the extent manager, renews it, and opens a new one when it is over. The
/// deadline is counted from when the last confirmed renewal was *sent*, by a clock that runs while the machine sleeps
/// (S7).
final class SessionKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long CALL_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// @param number grows with each session of this process; 0 is none
    /// @param untilNanos the leases of the session are proven before it
    record Session(long number, SessionId id, long untilNanos) {
        static final Session NONE = new Session(0, null, Long.MIN_VALUE);
    }

    private final Managers managers;
    private final MonotonicClock clock;
    private final String node;
    private final ProcessIdentity process;
    private final long renewNanos;
    private final LongPredicate over;
    private final BooleanSupplier announce;
    private final Thread thread;
    private long numbers;
    private volatile Session session = Session.NONE;
    private volatile boolean doubted;
    private volatile boolean stopped;

    /// @param over told the number of a session that is over, after [#session] has forgotten it; answers whether
    ///     nothing is
    ///     served under it any more
    /// @param announce tells the volume manager what is open under the present session, and answers whether nothing is
    ///     left to tell; called with each round
    SessionKeeper(
            Managers managers,
            MonotonicClock clock,
            String node,
            ProcessIdentity process,
            long renewNanos,
            LongPredicate over,
            BooleanSupplier announce) {
        this.managers = managers;
        this.clock = clock;
        this.node = node;
        this.process = process;
        this.renewNanos = renewNanos;
        this.over = over;
        this.announce = announce;
        this.thread = Thread.ofVirtual().name("ashlar-io-session").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    Session session() {
        return session;
    }

    /// A manager said that the session is over: asks at once.
    void doubt(long number) {
        if (session.number() == number) {
            doubted = true;
            LockSupport.unpark(thread);
        }
    }

    /// A manager has come: no need to wait for the next round.
    void hurry() {
        doubted = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!stopped) {
            long pause;
            try {
                pause = session == Session.NONE ? open() : renew();
                if (!announce.getAsBoolean()) {
                    pause = Math.min(pause, RETRY_NANOS);
                }
            } catch (StorageException e) {
                LOG.debug("session: {}", e.getMessage());
                pause = RETRY_NANOS;
            }
            long end = System.nanoTime() + pause;
            while (!stopped && !doubted && System.nanoTime() < end) {
                LockSupport.parkNanos(this, Math.max(1, end - System.nanoTime()));
            }
            doubted = false;
        }
    }

    private long open() {
        var id = SessionId.random();
        long sent = clock.nanos();
        Outcome<Long> outcome =
                managers.within(CALL_NANOS, () -> managers.extents().openSession(id, node, process));
        return switch (outcome) {
            case Outcome.Ok<Long>(var periodMillis) -> {
                session = new Session(++numbers, id, sent + TimeUnit.MILLISECONDS.toNanos(periodMillis));
                LOG.info("session {} is open, {} ms a renewal", id, periodMillis);
                yield pauseFor(periodMillis);
            }
            case Outcome.Refused<Long>(var refusal) -> {
                LOG.warn("no session: {}; {}", refusal.what(), refusal.remedy());
                yield RETRY_NANOS;
            }
        };
    }

    private long renew() {
        Session current = session;
        long sent = clock.nanos();
        Outcome<Long> outcome =
                managers.within(CALL_NANOS, () -> managers.extents().renewSession(current.id()));
        return switch (outcome) {
            case Outcome.Ok<Long>(var periodMillis) -> {
                session =
                        new Session(current.number(), current.id(), sent + TimeUnit.MILLISECONDS.toNanos(periodMillis));
                yield pauseFor(periodMillis);
            }
            case Outcome.Refused<Long>(var refusal) -> {
                if (refusal.kind() != Outcome.Kind.NOT_FOUND) {
                    LOG.warn("session not renewed: {}", refusal.what());
                    yield RETRY_NANOS;
                }
                LOG.warn("session {} is over: {}", current.id(), refusal.what());
                session = Session.NONE;
                if (over.test(current.number())) {
                    closeQuietly(current.id()); // a new leader need not wait for a session that says itself that it has
                    // ended
                }
                yield 0L;
            }
        };
    }

    private long pauseFor(long periodMillis) {
        return Math.min(renewNanos, TimeUnit.MILLISECONDS.toNanos(periodMillis) / 3);
    }

    /// Ends the session in order; whoever used it has stopped.
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
        try {
            thread.join(java.time.Duration.ofNanos(CALL_NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Session last = session;
        session = Session.NONE;
        if (last != Session.NONE) {
            closeQuietly(last.id());
        }
    }

    private void closeQuietly(SessionId id) {
        try {
            managers.within(CALL_NANOS, () -> {
                managers.extents().closeSession(id);
                return true;
            });
        } catch (StorageException e) {
            LOG.info("session {} was not closed in order and will expire: {}", id, e.getMessage());
        }
    }
}
