package io.ashlar.store.local;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.HeartbeatReply;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceRequest;
import io.ashlar.chunk.TopoObject;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.extent.ExtentManager;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.ExtentTotals;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.SessionInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Managers that do what a test tells them; what a chunk never asks for is not supported.
final class FakeManagers implements Managers {
    volatile UUID cluster = UUID.randomUUID();
    volatile boolean present = true;
    final AtomicInteger looked = new AtomicInteger();
    final Chunks chunks = new Chunks();
    final Extents extents = new Extents();

    @Override
    public Optional<ClusterIdentity> identity() {
        return Optional.of(new Identity());
    }

    @Override
    public Optional<ChunkManager> chunks() {
        looked.incrementAndGet();
        return present ? Optional.of(chunks) : Optional.empty();
    }

    @Override
    public Optional<ExtentManager> extents() {
        return present ? Optional.of(extents) : Optional.empty();
    }

    private static UnsupportedOperationException never() {
        return new UnsupportedOperationException("a chunk does not ask this");
    }

    private final class Identity implements ClusterIdentity {
        @Override
        public UUID clusterUuid() {
            return cluster;
        }

        @Override
        public String nodeName() {
            return "n1";
        }

        @Override
        public byte[] clusterSecret() {
            throw never();
        }

        @Override
        public Path adminPasswordFile() {
            throw never();
        }

        @Override
        public boolean isAdmin(String user, String password) {
            throw never();
        }
    }

    final class Chunks implements ChunkManager {
        final List<ChunkRegistration> registered = new CopyOnWriteArrayList<>();
        volatile boolean away;
        volatile boolean forgetful;
        volatile boolean livesElsewhere;
        volatile int asked;
        volatile ChunkReport lastReport;
        volatile ChunkId stopped;

        @Override
        public synchronized Outcome<ChunkId> register(ChunkRegistration registration) {
            asked++;
            if (away) {
                throw new StorageException.StaleEpoch("no leader");
            }
            if (livesElsewhere) {
                return Outcome.refused(Outcome.Kind.IN_USE, "it lives elsewhere", "try again in ten seconds");
            }
            registered.add(registration);
            return registration.clusterUuid().equals(cluster)
                    ? Outcome.ok(new ChunkId(7))
                    : Outcome.refused(Outcome.Kind.INVALID, "it belongs to another cluster", "take another directory");
        }

        @Override
        public Outcome<HeartbeatReply> heartbeat(ChunkReport report) {
            lastReport = report;
            return forgetful
                    ? Outcome.refused(Outcome.Kind.NOT_FOUND, "not known", "register")
                    : Outcome.ok(new HeartbeatReply(1));
        }

        @Override
        public void stopping(ChunkId id, String why) {
            stopped = id;
        }

        @Override
        public List<ChunkInfo> chunks() {
            throw never();
        }

        @Override
        public List<TopoObject> topology() {
            throw never();
        }

        @Override
        public Outcome<TopoObject> createTopo(TopoObject.Kind kind, String name, long parentId) {
            throw never();
        }

        @Override
        public Outcome<TopoObject> updateTopo(long topoId, String name, long parentId) {
            throw never();
        }

        @Override
        public Outcome<TopoObject> deleteTopo(long topoId) {
            throw never();
        }

        @Override
        public Outcome<List<SpaceReply>> reserve(SpaceRequest request) {
            throw never();
        }

        @Override
        public Map<ChunkId, Long> report(SpaceReport report) {
            throw never();
        }
    }

    static final class Extents implements ExtentManager {
        volatile Pid deleted;

        @Override
        public List<Pid> garbage(ChunkId chunk, List<Pid> held) {
            return held.stream().filter(pid -> pid.equals(deleted)).toList();
        }

        @Override
        public Outcome<Long> openSession(SessionId session, String node, ProcessIdentity process) {
            throw never();
        }

        @Override
        public Outcome<Long> renewSession(SessionId session) {
            throw never();
        }

        @Override
        public void closeSession(SessionId session) {
            throw never();
        }

        @Override
        public List<SessionInfo> sessions() {
            throw never();
        }

        @Override
        public LeaseResult acquire(SessionId session, Lid lid, boolean toWrite) {
            throw never();
        }

        @Override
        public LeaseResult renewEpoch(SessionId session, Lid lid, LeaseEpoch current) {
            throw never();
        }

        @Override
        public void release(SessionId session, Lid lid, LeaseEpoch epoch) {
            throw never();
        }

        @Override
        public ChangeResult synced(
                Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> keep) {
            throw never();
        }

        @Override
        public ChangeResult removeSegments(
                Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> failed) {
            throw never();
        }

        @Override
        public Outcome<List<Lid>> create(ExtentSpec spec, int count) {
            throw never();
        }

        @Override
        public void delete(List<Lid> lids) {
            throw never();
        }

        @Override
        public List<Lid> ofVolume(long volumeId) {
            throw never();
        }

        @Override
        public List<ExtentInfo> describe(List<Lid> lids) {
            throw never();
        }

        @Override
        public ExtentTotals totals() {
            throw never();
        }
    }
}
