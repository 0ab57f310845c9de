package io.ashlar.cluster.zookeeper;

import io.ashlar.base.BootClock;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.cluster.CoordinatorSession;
import io.ashlar.cluster.Leadership;
import io.ashlar.cluster.Member;
import io.ashlar.cluster.Membership;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A node of a test's cluster: a coordinator, and the services that it has registered.
final class TestNode implements AutoCloseable, ServiceBoard {
    /// All leaders of all nodes of a test, in the order in which they were registered.
    static final class Leaders {
        private final List<Leadership> registered = new CopyOnWriteArrayList<>();
        private final List<String> wrong = new CopyOnWriteArrayList<>();

        synchronized void add(Leadership next) {
            for (var before : registered) {
                if (before.valid()) {
                    wrong.add("term " + before.term() + " is still valid when term " + next.term() + " leads");
                }
                if (before.term() >= next.term()) {
                    wrong.add("term " + next.term() + " after term " + before.term());
                }
            }
            registered.add(next);
        }

        List<String> wrong() {
            return wrong;
        }
    }

    private final Map<Class<?>, Object> services = new ConcurrentHashMap<>();
    private final Leaders leaders;
    private final Coordinator coordinator;

    TestNode(String connect, int timeoutMillis, ClusterIdentityComponent identity, Leaders leaders) {
        this.leaders = leaders;
        var self = new Member(identity.nodeName(), ProcessIdentity.self(), "127.0.0.1", List.of("metadata"));
        coordinator = new Coordinator(
                new Coordinator.Settings(connect, timeoutMillis), identity, identity, self, new BootClock(), this);
        coordinator.start();
    }

    @Override
    public <S> Runnable publish(Class<S> type, S service, Map<String, ?> properties) {
        if (service instanceof Leadership leadership) {
            leaders.add(leadership);
        }
        if (services.put(type, service) != null) {
            throw new IllegalStateException("two services " + type);
        }
        return () -> services.remove(type, service);
    }

    Coordinator coordinator() {
        return coordinator;
    }

    /// @return null when not registered
    Leadership leadership() {
        return (Leadership) services.get(Leadership.class);
    }

    CoordinatorSession session() {
        return (CoordinatorSession) services.get(CoordinatorSession.class);
    }

    boolean leads() {
        var leadership = leadership();
        return leadership != null && leadership.valid();
    }

    long awaitTerm() {
        Await.until("this node leads", coordinator::complaint, this::leads);
        return leadership().term();
    }

    List<String> members() {
        var membership = (Membership) services.get(Membership.class);
        return membership == null
                ? List.of()
                : membership.members().stream().map(Member::name).toList();
    }

    Map<Class<?>, Object> services() {
        return services;
    }

    @Override
    public void close() {
        coordinator.close();
    }
}
