package io.ashlar.cluster.zookeeper;

import io.ashlar.cluster.CoordinatorSession;
import io.ashlar.cluster.Leadership;
import io.ashlar.cluster.Membership;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the registered services to what is wanted last, on a thread of its own: what hangs on them starts and stops
/// inside of these calls, and must not hold up the session.
final class Publisher implements AutoCloseable {
    /// @param session, membership, leadership each null when not to be registered
    record Wanted(CoordinatorSession session, Membership membership, Leadership leadership) {
        static final Wanted NOTHING = new Wanted(null, null, null);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final int CLOSE_SECONDS = 10;

    private final ServiceBoard board;
    private final AtomicReference<Wanted> wanted = new AtomicReference<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("ashlar-cluster-services").daemon().factory());

    private final Slot<CoordinatorSession> session = new Slot<>(CoordinatorSession.class, Map.of());
    private final Slot<Membership> membership = new Slot<>(Membership.class, Map.of());
    private final Slot<Leadership> leadership =
            new Slot<>(Leadership.class, Map.of(Leadership.SCOPE, Leadership.METADATA));

    Publisher(ServiceBoard board) {
        this.board = board;
    }

    /// Of several wishes that wait, only the last is looked at.
    void want(Wanted next) {
        if (wanted.getAndSet(next) == null) {
            thread.execute(this::apply);
        }
    }

    private void apply() {
        var now = wanted.getAndSet(null);
        leadership.withdrawUnless(now.leadership());
        session.withdrawUnless(now.session());
        membership.withdrawUnless(now.membership());
        membership.publish(now.membership());
        session.publish(now.session());
        leadership.publish(now.leadership());
    }

    /// Returns when everything is withdrawn, so that what only the leader may do has stopped, or after a bound.
    @Override
    public void close() {
        want(Wanted.NOTHING);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("what uses the cluster's services did not stop within {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Slot<S> {
        private final Class<S> type;
        private final Map<String, ?> properties;
        private S current;
        private Runnable withdrawal;

        Slot(Class<S> type, Map<String, ?> properties) {
            this.type = type;
            this.properties = properties;
        }

        void withdrawUnless(S next) {
            if (current != null && current != next) {
                current = null;
                guarded("withdraw", withdrawal);
            }
        }

        void publish(S next) {
            if (next != null && current == null) {
                guarded("register", () -> {
                    withdrawal = board.publish(type, next, properties);
                    current = next;
                });
            }
        }

        /// The guard of this thread's loop: a listener elsewhere that throws must not end it.
        private void guarded(String what, Runnable action) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.error("cannot {} the service {}", what, type.getSimpleName(), e);
            }
        }
    }
}
