package io.ashlar.extent.manager;

import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.Leadership;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.extent.ExtentManager;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.ExtentTotals;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.SessionInfo;
import io.ashlar.extent.manager.LeaseBook.Times;
import io.ashlar.meta.MetaStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// One extent manager for one term of its leader: puts the desks together over one ledger. Has no thread of its own.
class ExtentService implements ExtentManager {
    /// The only shard so far; ids carry it.
    static final int SHARD = 0;

    /// What the manager needs of the rest of the world.
    ///
    /// @param provenGone whether a process has ended for certain
    record World(
            Leadership leadership,
            MetaStore store,
            ChunkManager chunks,
            ProvisionEngine provisions,
            MonotonicClock clock,
            Predicate<ProcessIdentity> provenGone) {}

    /// @param leaseMillis period of a lease as sessions are told
    /// @param leaseMarginMillis what the manager adds to it
    /// @param reserveTimeoutMillis how long a request for space may take, and how long a report waits for it
    record Settings(long leaseMillis, long leaseMarginMillis, long reserveTimeoutMillis) {
        Times times() {
            return new Times(
                    TimeUnit.MILLISECONDS.toNanos(leaseMillis), TimeUnit.MILLISECONDS.toNanos(leaseMarginMillis));
        }
    }

    private final Ledger ledger;
    private final SessionDesk sessions;
    private final LeaseDesk leases;
    private final LocationDesk locations;
    private final CreationDesk creations;
    private final Views views;
    private final Ticker ticker;

    /// Reads the tables; blocks for two commits.
    ExtentService(World world, Settings settings) {
        long reserveTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(settings.reserveTimeoutMillis());
        this.ledger = new Loader(world.store(), world.leadership(), world.clock(), SHARD)
                .load(settings.times(), reserveTimeoutNanos);
        var allocator = new Allocator(ledger, world.chunks(), world.provisions());
        this.sessions = new SessionDesk(ledger, settings.times(), world.provenGone());
        this.leases = new LeaseDesk(ledger, allocator);
        this.locations = new LocationDesk(ledger);
        this.creations = new CreationDesk(ledger, allocator);
        this.views = new Views(ledger, allocator);
        this.ticker = new Ticker(ledger, sessions, creations, world.chunks(), reserveTimeoutNanos);
        ledger.request(() -> {
            sessions.sweep(); // who is proven gone need not be waited for
            return null;
        });
    }

    /// The regular work; see [Ticker].
    final void tick() {
        ticker.tick();
    }

    /// Refuses every later request and waits for the commits that are on their way.
    ///
    /// @return false when the store has not answered in time
    final boolean end(String why, long waitMillis) throws InterruptedException {
        ledger.lock();
        try {
            ledger.end(why);
        } finally {
            ledger.unlock();
        }
        return ledger.drain(waitMillis);
    }

    final boolean hasEnded() {
        ledger.lock();
        try {
            return ledger.hasEnded();
        } finally {
            ledger.unlock();
        }
    }

    @Override
    public final Outcome<Long> openSession(SessionId session, String node, ProcessIdentity process) {
        return sessions.open(session, node, process);
    }

    @Override
    public final Outcome<Long> renewSession(SessionId session) {
        return sessions.renew(session);
    }

    @Override
    public final void closeSession(SessionId session) {
        sessions.close(session);
    }

    @Override
    public final List<SessionInfo> sessions() {
        return sessions.sessions();
    }

    @Override
    public final LeaseResult acquire(SessionId session, Lid lid, boolean toWrite) {
        return leases.acquire(session, lid, toWrite);
    }

    @Override
    public final LeaseResult renewEpoch(SessionId session, Lid lid, LeaseEpoch current) {
        return leases.renewEpoch(session, lid);
    }

    @Override
    public final void release(SessionId session, Lid lid, LeaseEpoch epoch) {
        leases.release(session, lid, epoch);
    }

    @Override
    public final ChangeResult synced(
            Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> keep) {
        return locations.synced(pid, epoch, locationVersion, floor, keep);
    }

    @Override
    public final ChangeResult removeSegments(
            Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> failed) {
        return locations.removed(pid, epoch, locationVersion, floor, failed);
    }

    @Override
    public final Outcome<List<Lid>> create(ExtentSpec spec, int count) {
        return creations.create(spec, count);
    }

    @Override
    public final void delete(List<Lid> lids) {
        creations.delete(lids);
    }

    @Override
    public final List<Lid> ofVolume(long volumeId) {
        return views.ofVolume(volumeId);
    }

    @Override
    public final List<ExtentInfo> describe(List<Lid> lids) {
        return views.describe(lids);
    }

    @Override
    public final List<Pid> garbage(ChunkId chunk, List<Pid> held) {
        return views.garbage(held);
    }

    @Override
    public final ExtentTotals totals() {
        return views.totals();
    }
}
