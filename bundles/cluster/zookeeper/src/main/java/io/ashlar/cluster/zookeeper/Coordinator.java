package io.ashlar.cluster.zookeeper;

import io.ashlar.base.MonotonicClock;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.cluster.Member;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.state.SessionConnectionStateErrorPolicy;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps this node in the cluster: a session, in it a member and a candidate, and after each loss all of it again.
///
/// One thread looks at the state of things a few times in each session timeout, and at once when the client reports a
/// change; it decides from what it sees, not from the order in which events came. It never calls who uses the services;
/// the [Publisher] does.
final class Coordinator implements AutoCloseable {
    /// @param connect              ZooKeeper's connect string, for example `127.0.0.1:2281`
    /// @param sessionTimeoutMillis what this node asks for; the server may grant another
    record Settings(String connect, int sessionTimeoutMillis) {}

    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final int TICKS_IN_TIMEOUT = 20;
    private static final int MIN_TICK_MILLIS = 50;
    private static final int MAX_TICK_MILLIS = 500;
    private static final int RETRY_MILLIS = 250;
    private static final int SILENCE_MILLIS = 5_000;
    private static final int CLOSE_MILLIS = 2_000;

    private final ClusterIdentity identity;
    private final CoordinatorRecord record;
    private final Member self;
    private final MonotonicClock clock;
    private final CuratorFramework client;
    private final Publisher publisher;
    private final MemberView members;
    private final ScheduledThreadPoolExecutor thread;
    private final AtomicBoolean tickAsked = new AtomicBoolean();
    private final int tickMillis;
    private final String connect;
    private long lastConnectedMillis;
    private boolean membersStarted;
    private boolean membersSeen;
    private volatile String lastComplaint = "";
    private volatile ClusterSession session;

    Coordinator(
            Settings settings,
            ClusterIdentity identity,
            CoordinatorRecord record,
            Member self,
            MonotonicClock clock,
            ServiceBoard board) {
        this.identity = identity;
        this.record = record;
        this.self = self;
        this.clock = clock;
        this.client = client(settings, Secrets.credential(identity.clusterSecret()));
        this.publisher = new Publisher(board);
        this.members = new MemberView(self, client, this::tickSoon);
        this.connect = settings.connect();
        this.lastConnectedMillis = clock.millis();
        this.tickMillis =
                Math.clamp(settings.sessionTimeoutMillis() / TICKS_IN_TIMEOUT, MIN_TICK_MILLIS, MAX_TICK_MILLIS);
        this.thread = new ScheduledThreadPoolExecutor(
                1,
                Thread.ofPlatform().name("ashlar-coordinator").daemon().factory(),
                new ThreadPoolExecutor.DiscardPolicy()); // the client's last events come after the end
    }

    private static CuratorFramework client(Settings settings, byte[] credential) {
        var config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        return CuratorFrameworkFactory.builder()
                .connectString(settings.connect())
                .sessionTimeoutMs(settings.sessionTimeoutMillis())
                .connectionTimeoutMs(settings.sessionTimeoutMillis())
                .retryPolicy(new RetryForever(RETRY_MILLIS)) // only for what runs in the background
                .authorization("digest", credential)
                .aclProvider(new OwnersOnly())
                .connectionStateErrorPolicy(new SessionConnectionStateErrorPolicy())
                .ensembleTracker(false)
                .runSafeService(Runnable::run)
                .maxCloseWaitMs(CLOSE_MILLIS)
                .waitForShutdownTimeoutMs(CLOSE_MILLIS)
                .zkClientConfig(config)
                .build();
    }

    void start() {
        client.getConnectionStateListenable().addListener((source, state) -> tickSoon());
        client.start();
        thread.scheduleWithFixedDelay(this::tick, 0, tickMillis, TimeUnit.MILLISECONDS);
    }

    private void tickSoon() {
        if (tickAsked.compareAndSet(false, true)) {
            thread.execute(() -> {
                tickAsked.set(false);
                tick();
            });
        }
    }

    /// The guard of this thread's loop: whatever happens, there is a next tick.
    private void tick() {
        try {
            advance();
            lastComplaint = "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closing
        } catch (ClusterRefused e) {
            complain(e.getMessage(), null);
        } catch (KeeperException.ConnectionLossException
                | KeeperException.SessionExpiredException
                | KeeperException.SessionClosedRequireAuthException e) {
            LOG.debug("ZooKeeper did not answer; tried again at the next tick", e);
        } catch (Exception e) {
            complain("this node cannot take its place in the cluster: " + e, e);
        } finally {
            publish();
        }
    }

    /// The same trouble is told once, not at every tick.
    private void complain(String what, Exception cause) {
        if (!what.equals(lastComplaint)) {
            LOG.error(what, cause);
            lastComplaint = what;
        }
    }

    private void advance() throws Exception {
        var handle = connectedHandle();
        var current = session;
        if (current != null && !(current.lives(handle) && current.useful())) {
            LOG.info("session {} with ZooKeeper is over", Long.toHexString(current.sessionId()));
            current.close();
            session = null;
        }
        if (session == null && handle != null) {
            open(handle);
        }
        if (session != null) {
            session.tick();
        }
        complainOfLongSilence(handle != null);
    }

    private void complainOfLongSilence(boolean connected) throws ClusterRefused {
        long now = clock.millis();
        lastConnectedMillis = connected ? now : lastConnectedMillis;
        if (now - lastConnectedMillis > SILENCE_MILLIS) {
            throw new ClusterRefused("no connection with ZooKeeper at " + connect
                    + "; start it, or correct 'connect' of " + CoordinatorComponent.PID);
        }
    }

    /// @return null while there is no connection
    private ZooKeeper connectedHandle() throws Exception {
        if (!client.getZookeeperClient().isConnected()) {
            return null;
        }
        var handle = client.getZookeeperClient().getZooKeeper();
        return handle.getState().isConnected() ? handle : null;
    }

    private void open(ZooKeeper handle) throws ClusterRefused, KeeperException, InterruptedException {
        var tree = new ClusterTree(handle, identity.clusterUuid(), record);
        var next = new ClusterSession(handle, client, tree, self, clock, this::tickSoon);
        next.open();
        session = next;
        LOG.info(
                "session {} with ZooKeeper, timeout {} ms",
                Long.toHexString(next.sessionId()),
                handle.getSessionTimeout());
        if (!membersStarted) {
            membersStarted = true;
            members.start();
        }
    }

    private void publish() {
        var current = session;
        if (!thread.isShutdown()) {
            publisher.want(new Publisher.Wanted(
                    current, membershipWasWhole() ? members : null, current == null ? null : current.leadership()));
        }
    }

    /// Once this node has seen itself among the members, the view is worth showing, and is kept through losses of the
    /// connection.
    private boolean membershipWasWhole() {
        membersSeen = membersSeen || membersStarted && members.showsSelf();
        return membersSeen;
    }

    /// @return null while there is none
    ClusterSession session() {
        return session;
    }

    CuratorFramework client() {
        return client;
    }

    /// @return what keeps this node out of the cluster; empty when nothing is known
    String complaint() {
        return lastComplaint;
    }

    /// Stops leading, waits until what hangs on it has stopped, then leaves the cluster.
    @Override
    public void close() {
        thread.shutdownNow();
        awaitThread();
        var current = session;
        if (current != null) {
            current.suspend();
        }
        publisher.close();
        if (current != null) {
            current.close();
        }
        members.close();
        client.close();
    }

    private void awaitThread() {
        try {
            if (!thread.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("the coordinator's thread did not end within {} ms", CLOSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Everything that the client makes belongs to who knows the cluster's secret.
    private static final class OwnersOnly implements ACLProvider {
        @Override
        public List<ACL> getDefaultAcl() {
            return ZooDefs.Ids.CREATOR_ALL_ACL;
        }

        @Override
        public List<ACL> getAclForPath(String path) {
            return ZooDefs.Ids.CREATOR_ALL_ACL;
        }
    }
}
