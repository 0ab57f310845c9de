package io.ashlar.cluster.zookeeper;

import io.ashlar.base.MonotonicClock;
import io.ashlar.cluster.CoordinatorSession;
import io.ashlar.cluster.Leadership;
import io.ashlar.cluster.Member;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node is in one session with ZooKeeper: a member, a candidate, perhaps the leader. All of it ends with the
/// session.
///
/// **Thread:** that of the [Coordinator], except for the answers to pings and what [CoordinatorSession] says.
final class ClusterSession implements CoordinatorSession, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterSession.class);
    private static final int MAX_PINGS_IN_FLIGHT = 8;

    private final ZooKeeper handle;
    private final ClusterTree tree;
    private final Member member;
    private final MonotonicClock clock;
    private final SessionLease lease;
    private final LeaderLatch latch;
    private final Runnable changed;
    private final AtomicInteger pingsInFlight = new AtomicInteger();
    private volatile boolean registered;
    private volatile LocalLeadership leadership;

    /// @param handle  of this session, connected
    /// @param changed asks for a tick soon; must not block
    ClusterSession(
            ZooKeeper handle,
            CuratorFramework client,
            ClusterTree tree,
            Member member,
            MonotonicClock clock,
            Runnable changed) {
        this.handle = handle;
        this.tree = tree;
        this.member = member;
        this.clock = clock;
        this.lease = new SessionLease(clock, handle.getSessionTimeout());
        this.latch = new LeaderLatch(client, ClusterTree.CANDIDATES, textOf(member));
        this.changed = changed;
    }

    private static String textOf(Member member) {
        return new String(MemberText.encode(member), StandardCharsets.US_ASCII);
    }

    /// Makes this node a member and a candidate.
    void open() throws ClusterRefused, KeeperException, InterruptedException {
        tree.enter();
        tree.buryTheDead(member.name());
        tree.register(member);
        registered = true;
        latch.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {
                changed.run();
            }

            /// Comes before the latch gives its node back, on the thread that does; so nobody can be elected before.
            @Override
            public void notLeader() {
                endLeadership();
                changed.run();
            }
        });
        startLatch();
    }

    private void startLatch() {
        try {
            latch.start();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the election cannot be entered", e);
        }
    }

    /// @return whether this is the session of that connection, and alive
    boolean lives(ZooKeeper current) {
        return handle.getState().isAlive() && (current == null || current == handle);
    }

    /// Brings membership and leadership in line with what ZooKeeper says, and asks for the next sign of life.
    void tick() throws ClusterRefused, KeeperException, InterruptedException {
        ping();
        if (!registered && connected()) {
            tree.register(member);
            registered = true;
        }
        var leading = leadership;
        if (leading != null && !(leading.valid() && holds(leading.candidate()))) {
            endLeadership();
        } else if (leading == null && latch.hasLeadership() && connected() && lease.valid()) {
            takeLeadership();
        }
    }

    private boolean holds(String candidate) {
        return latch.hasLeadership() && candidate.equals(latch.getOurPath());
    }

    private void takeLeadership() throws KeeperException, InterruptedException {
        var candidate = latch.getOurPath();
        if (candidate == null) {
            return;
        }
        long sent = clock.nanos();
        long term;
        try {
            term = tree.raiseTerm(candidate);
        } catch (KeeperException.NoNodeException e) {
            LOG.warn("somebody removed {}; this node enters the election anew", candidate);
            lease.end();
            return;
        }
        lease.confirm(sent);
        var next = new LocalLeadership(term, candidate, lease);
        leadership = next;
        if (!holds(candidate)) { // lost while the term was raised: the listener may have come too early to end this
            endLeadership();
            return;
        }
        LOG.info("this node leads, term {}", term);
    }

    private void endLeadership() {
        var leading = leadership;
        if (leading != null) {
            leading.end();
            leadership = null;
            LOG.info("this node does not lead any more, term {}", leading.term());
        }
    }

    /// Reads of the member's node and of the candidate that leads: they prove the session, and that the nodes are
    /// there.
    private void ping() {
        if (connected() && pingsInFlight.get() < MAX_PINGS_IN_FLIGHT) {
            ping(ClusterTree.memberPath(member.name()), null);
            var leading = leadership;
            if (leading != null) {
                ping(leading.candidate(), leading);
            }
        }
    }

    private void ping(String path, LocalLeadership leading) {
        pingsInFlight.incrementAndGet();
        long sent = clock.nanos();
        handle.exists(path, false, (code, asked, context, stat) -> answered(code, leading, sent, stat), null);
    }

    private void answered(int code, LocalLeadership leading, long sent, Stat stat) {
        pingsInFlight.decrementAndGet();
        boolean found = code == KeeperException.Code.OK.intValue();
        if (found && stat.getEphemeralOwner() == handle.getSessionId()) {
            boolean first = !lease.valid();
            lease.confirm(sent);
            if (first) {
                changed.run(); // the election may have waited for a sign of life
            }
        } else if (found || code == KeeperException.Code.NONODE.intValue()) {
            removedByOthers(leading);
        }
    }

    private void removedByOthers(LocalLeadership leading) {
        if (leading == null) {
            registered = false;
        } else if (leading == leadership) {
            LOG.warn("somebody removed {}; this node stops leading", leading.candidate());
            suspend(); // the latch does not notice; the coordinator starts anew
        }
        changed.run();
    }

    /// @return false when this session is of no more use, though it may live
    boolean useful() {
        return !lease.ended();
    }

    Leadership leadership() {
        return leadership;
    }

    @Override
    public long sessionId() {
        return handle.getSessionId();
    }

    @Override
    public boolean connected() {
        return handle.getState().isConnected();
    }

    /// Nothing that needs the session is valid any more; its nodes are still there, so nobody else can be elected.
    void suspend() {
        lease.end();
        endLeadership();
    }

    /// Ends leadership at once and leaves the election; the member's node goes with the session.
    @Override
    public void close() {
        suspend();
        if (latch.getState() == LeaderLatch.State.STARTED) {
            try {
                latch.close();
            } catch (IOException e) {
                LOG.debug("the election was left without a goodbye", e);
            }
        }
    }
}
