package io.ashlar.volume.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.extent.ExtentManager;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.ExtentTotals;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.SessionInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// An extent manager in memory: extents by volume, sessions, and failures on demand.
final class FakeExtents implements ExtentManager {
    enum Trouble {
        NONE,
        CREATE_THROWS_AFTER,
        CREATE_THROWS_BEFORE,
        DELETE_THROWS
    }

    private final TreeMap<Lid, ExtentSpec> extents = new TreeMap<>();
    private final Set<SessionId> living = new LinkedHashSet<>();
    private long next = 1;
    int capacity = 1_000_000;
    Trouble trouble = Trouble.NONE;
    Runnable duringCreate = () -> {};

    SessionId session() {
        var id = SessionId.random();
        living.add(id);
        return id;
    }

    void over(SessionId id) {
        living.remove(id);
    }

    int count() {
        return extents.size();
    }

    ExtentSpec specOf(Lid lid) {
        return extents.get(lid);
    }

    @Override
    public Outcome<List<Lid>> create(ExtentSpec spec, int count) {
        duringCreate.run();
        if (trouble == Trouble.CREATE_THROWS_BEFORE) {
            throw new StorageException.Unavailable("injected before");
        }
        if (spec.provision().equals("thick") && extents.size() + count > capacity) {
            return Outcome.refused(
                    Outcome.Kind.NO_SPACE, "it needs much; 512 MiB are free on 3 chunks", "make a smaller volume");
        }
        var lids = new ArrayList<Lid>();
        for (int i = 0; i < count; i++) {
            var lid = Lid.of(0, next++);
            extents.put(lid, spec);
            lids.add(lid);
        }
        if (trouble == Trouble.CREATE_THROWS_AFTER) {
            throw new StorageException.Unavailable("injected after");
        }
        return Outcome.ok(lids);
    }

    @Override
    public void delete(List<Lid> lids) {
        if (trouble == Trouble.DELETE_THROWS) {
            throw new StorageException.Unavailable("injected");
        }
        lids.forEach(extents::remove);
    }

    @Override
    public List<Lid> ofVolume(long volumeId) {
        return extents.entrySet().stream()
                .filter(entry -> entry.getValue().volumeId() == volumeId)
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public List<ExtentInfo> describe(List<Lid> lids) {
        return lids.stream().filter(extents::containsKey).map(this::info).toList();
    }

    private ExtentInfo info(Lid lid) {
        var spec = extents.get(lid);
        boolean thick = spec.provision().equals("thick");
        return new ExtentInfo(
                lid,
                thick ? Optional.of(Pid.of(0, lid.counter())) : Optional.empty(),
                thick ? List.of(new ChunkId(1)) : List.of(),
                List.of(),
                1,
                Generation.ZERO,
                LeaseEpoch.NONE,
                "",
                spec.replicas(),
                spec.provision(),
                "",
                "");
    }

    @Override
    public List<SessionInfo> sessions() {
        return living.stream().map(id -> new SessionInfo(id, "n1", 0, 1_000)).toList();
    }

    @Override
    public ExtentTotals totals() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<Long> openSession(SessionId session, String node, ProcessIdentity process) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<Long> renewSession(SessionId session) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void closeSession(SessionId session) {
        throw new UnsupportedOperationException();
    }

    @Override
    public LeaseResult acquire(SessionId session, Lid lid, boolean toWrite) {
        throw new UnsupportedOperationException();
    }

    @Override
    public LeaseResult renewEpoch(SessionId session, Lid lid, LeaseEpoch current) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void release(SessionId session, Lid lid, LeaseEpoch epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChangeResult synced(Pid pid, LeaseEpoch epoch, long version, Generation floor, Set<ChunkId> keep) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChangeResult removeSegments(Pid pid, LeaseEpoch epoch, long version, Generation floor, Set<ChunkId> failed) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Pid> garbage(ChunkId chunk, List<Pid> held) {
        throw new UnsupportedOperationException();
    }
}
