package io.ashlar.ops.rest;

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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The first extent of everything is placed on chunks 1..3, of which 3 does not answer; lid 3 is unknown; the others
/// have no place.
public final class FakeExtents implements ExtentManager {

    /// Thrown by [#sessions()] when set.
    volatile StorageException failure;

    @Override
    public List<Lid> ofVolume(long volumeId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ExtentInfo> describe(List<Lid> lids) {
        return lids.stream()
                .filter(lid -> lid.counter() != 3)
                .map(FakeExtents::info)
                .toList();
    }

    private static ExtentInfo info(Lid lid) {
        boolean placed = lid.counter() == 1;
        return new ExtentInfo(
                lid,
                placed ? Optional.of(Pid.of(0, 17)) : Optional.empty(),
                placed ? chunks(1, 2, 3) : List.of(),
                placed ? chunks(1, 2) : List.of(),
                placed ? 4 : 0,
                placed ? new Generation(LeaseEpoch.of(2, 5), 42) : Generation.ZERO,
                placed ? LeaseEpoch.of(2, 5) : LeaseEpoch.NONE,
                placed ? "n1" : "",
                3,
                "thin",
                placed ? "even/0.1.0" : "",
                placed ? "emptiest first, apart by NODE" : "");
    }

    private static List<ChunkId> chunks(int... ids) {
        return Arrays.stream(ids).mapToObj(ChunkId::new).toList();
    }

    @Override
    public List<SessionInfo> sessions() {
        if (failure != null) {
            throw failure;
        }
        return List.of(
                new SessionInfo(new SessionId(UUID.fromString("00000000-0000-0000-0000-000000000007")), "n1", 1, 4200));
    }

    @Override
    public ExtentTotals totals() {
        return new ExtentTotals(16, 1, 1, 0, 1);
    }

    @Override
    public Outcome<Long> openSession(SessionId session, String node, ProcessIdentity process) {
        throw unused();
    }

    @Override
    public Outcome<Long> renewSession(SessionId session) {
        throw unused();
    }

    @Override
    public void closeSession(SessionId session) {
        throw unused();
    }

    @Override
    public LeaseResult acquire(SessionId session, Lid lid, boolean toWrite) {
        throw unused();
    }

    @Override
    public LeaseResult renewEpoch(SessionId session, Lid lid, LeaseEpoch current) {
        throw unused();
    }

    @Override
    public void release(SessionId session, Lid lid, LeaseEpoch epoch) {
        throw unused();
    }

    @Override
    public ChangeResult synced(Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> keep) {
        throw unused();
    }

    @Override
    public ChangeResult removeSegments(
            Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> failed) {
        throw unused();
    }

    @Override
    public Outcome<List<Lid>> create(ExtentSpec spec, int count) {
        throw unused();
    }

    @Override
    public void delete(List<Lid> lids) {
        throw unused();
    }

    @Override
    public List<Pid> garbage(ChunkId chunk, List<Pid> held) {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("not asked for by these tests");
    }
}
