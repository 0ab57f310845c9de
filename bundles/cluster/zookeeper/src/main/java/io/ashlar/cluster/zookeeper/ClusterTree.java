package io.ashlar.cluster.zookeeper;

import io.ashlar.base.ObjectName;
import io.ashlar.cluster.Member;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The cluster's nodes in ZooKeeper, by one session: calls block until the server answers or the connection breaks.
///
/// Everything belongs to who knows the cluster's secret; nobody else may read or change it.
final class ClusterTree {
    static final String MEMBERS = "/ashlar/members";
    static final String CANDIDATES = "/ashlar/leadership/metadata/candidates";
    static final String TERM = "/ashlar/leadership/metadata/term";
    static final String UUID_NODE = "/ashlar/cluster/uuid";

    private static final Logger LOG = LoggerFactory.getLogger(ClusterTree.class);
    private static final List<String> BRANCHES = List.of(
            "/ashlar", "/ashlar/cluster", MEMBERS, "/ashlar/leadership", "/ashlar/leadership/metadata", CANDIDATES);
    private static final byte[] NO_TERM = "0".getBytes(StandardCharsets.US_ASCII);

    private final ZooKeeper session;
    private final UUID clusterUuid;
    private final List<ACL> owners = ZooDefs.Ids.CREATOR_ALL_ACL;
    private final CoordinatorRecord record;

    /// @param session has shown the cluster's credential
    ClusterTree(ZooKeeper session, UUID clusterUuid, CoordinatorRecord record) {
        this.session = session;
        this.clusterUuid = clusterUuid;
        this.record = record;
    }

    static String memberPath(String name) {
        return MEMBERS + "/" + name;
    }

    /// Makes the tree where there is none, and makes sure that it is this cluster's.
    void enter() throws ClusterRefused, KeeperException, InterruptedException {
        var found = uuid();
        if (found == null && record.registered()) {
            throw new ClusterRefused(
                    "the coordinator holds no cluster, though this node was registered in one there: it lost its data, "
                            + "or 'connect' names another one. Restore ZooKeeper's data, or correct 'connect' of "
                            + CoordinatorComponent.PID
                            + "; only if the cluster is really to be registered anew, delete " + RecordFile.NAME
                            + " in the directory of the secrets");
        }
        for (var branch : BRANCHES) {
            makeOurs(branch, new byte[0]);
        }
        makeOurs(TERM, NO_TERM);
        if (found == null) {
            makeOurs(UUID_NODE, clusterUuid.toString().getBytes(StandardCharsets.US_ASCII));
            found = uuid();
        }
        if (!clusterUuid.toString().equals(found)) {
            throw new ClusterRefused("the coordinator belongs to cluster " + printable(found)
                    + ", this node to cluster " + clusterUuid + "; correct 'connect' of " + CoordinatorComponent.PID
                    + ", or give this node the secrets of that cluster");
        }
        record.setRegistered();
    }

    /// @return null when there is none
    private String uuid() throws ClusterRefused, KeeperException, InterruptedException {
        try {
            return new String(session.getData(UUID_NODE, false, null), StandardCharsets.US_ASCII);
        } catch (KeeperException.NoNodeException e) {
            return null;
        } catch (KeeperException.NoAuthException e) {
            throw foreign(UUID_NODE);
        }
    }

    private void makeOurs(String path, byte[] data) throws ClusterRefused, KeeperException, InterruptedException {
        try {
            session.create(path, data, owners, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            checkOurs(path);
        } catch (KeeperException.NoAuthException e) {
            throw foreign(path);
        }
    }

    /// A list of one identity that lets us read it can only name us.
    private void checkOurs(String path) throws ClusterRefused, KeeperException, InterruptedException {
        try {
            var rights = session.getACL(path, new Stat());
            if (rights.size() != 1
                    || rights.getFirst().getPerms() != ZooDefs.Perms.ALL
                    || !rights.getFirst().getId().getScheme().equals("digest")) {
                throw foreign(path);
            }
        } catch (KeeperException.NoAuthException e) {
            throw foreign(path);
        }
    }

    private static ClusterRefused foreign(String path) {
        return new ClusterRefused("the coordinator's node " + path
                + " was made with another secret than this cluster's; correct 'connect' of " + CoordinatorComponent.PID
                + ", give this node the secrets of that cluster, or remove the node from ZooKeeper");
    }

    /// Removes what a run of this node left whose process has provably ended, instead of waiting until ZooKeeper
    /// expires its session: the dead hold no lease.
    void buryTheDead(String nodeName) throws KeeperException, InterruptedException {
        bury(memberPath(nodeName));
        for (var candidate : session.getChildren(CANDIDATES, false)) {
            bury(CANDIDATES + "/" + candidate);
        }
    }

    private void bury(String path) throws KeeperException, InterruptedException {
        try {
            var stat = new Stat();
            byte[] text = session.getData(path, false, stat);
            if (stat.getEphemeralOwner() != session.getSessionId() && MemberText.provenGone(text)) {
                session.delete(path, stat.getVersion());
                LOG.info("removed {}: its process has ended", path);
            }
        } catch (KeeperException.NoNodeException e) {
            LOG.debug("{} is gone already", path);
        }
    }

    /// Registers the member for as long as this session lives.
    ///
    /// @throws ClusterRefused while another process is registered under the name
    void register(Member member) throws ClusterRefused, KeeperException, InterruptedException {
        var path = memberPath(member.name());
        try {
            session.create(path, MemberText.encode(member), owners, CreateMode.EPHEMERAL);
        } catch (KeeperException.NodeExistsException e) {
            var stat = new Stat();
            var other = MemberText.decode(dataOf(path, stat));
            if (stat.getEphemeralOwner() != session.getSessionId()) {
                throw new ClusterRefused("the node name " + member.name() + " is in use by "
                        + other.map(m -> "process " + m.process().pid() + " on host " + m.host())
                                .orElse("another process")
                        + "; waiting until it is gone. If both are to run, give this one another nodeName in "
                        + ClusterIdentityComponent.PID);
            }
        }
    }

    private byte[] dataOf(String path, Stat stat) throws KeeperException, InterruptedException {
        try {
            return session.getData(path, false, stat);
        } catch (KeeperException.NoNodeException e) {
            return new byte[0]; // just gone; the next tick registers
        }
    }

    /// Takes a term that is above all before it, in one transaction with the proof that the candidate is still there. A
    /// term whose outcome stays unknown is never used; the next try takes a higher one.
    ///
    /// @param candidate the caller's node in the election, which leads
    long raiseTerm(String candidate) throws KeeperException, InterruptedException {
        var stat = new Stat();
        long stored = term(session.getData(TERM, false, stat));
        long next = Math.max(stored, record.highestTerm()) + 1;
        if (next > Integer.MAX_VALUE) {
            throw new IllegalStateException("the cluster has used up its terms");
        }
        session.multi(List.of(
                Op.check(candidate, -1),
                Op.setData(TERM, Long.toString(next).getBytes(StandardCharsets.US_ASCII), stat.getVersion())));
        record.setHighestTerm(next);
        return next;
    }

    private static long term(byte[] data) {
        try {
            return Long.parseLong(new String(data, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            throw new IllegalStateException(
                    "the coordinator's node " + TERM + " holds no number but '"
                            + printable(new String(data, StandardCharsets.US_ASCII)) + "'",
                    e);
        }
    }

    private static String printable(String text) {
        return ObjectName.printable(text);
    }
}
