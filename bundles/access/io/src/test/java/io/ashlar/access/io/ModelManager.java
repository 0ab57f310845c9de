package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.extent.ExtentManager;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.ExtentTotals;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.PlacedExtent;
import io.ashlar.extent.SessionInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// An extent manager with the real rules of sessions, leases and changes of location, all in memory.
final class ModelManager implements ExtentManager {
    private record Lease(SessionId holder, LeaseEpoch epoch) {}

    private final MonotonicClock clock;
    private final List<ChunkId> places;
    private final long periodMillis;
    private final long marginMillis;
    private long grantsFromMillis;
    private boolean predecessors;
    private long term = 1;
    private final Map<SessionId, Long> sessions = new HashMap<>();
    private final Map<Lid, Lease> leases = new HashMap<>();
    private final Map<Lid, PlacedExtent> extents = new HashMap<>();
    /// The highest epoch that was granted, which a change is compared with.
    private final Map<Lid, LeaseEpoch> highest = new HashMap<>();
    private final Set<Lid> known = new TreeSet<>();
    private long counter;
    private long pids;
    volatile boolean noSpace;
    volatile int refusedForRoom;
    final List<String> changes = new ArrayList<>();

    ModelManager(MonotonicClock clock, List<ChunkId> places) {
        this(clock, places, 9_000, 1_000);
    }

    ModelManager(MonotonicClock clock, List<ChunkId> places, long periodMillis, long marginMillis) {
        this.periodMillis = periodMillis;
        this.marginMillis = marginMillis;
        this.clock = clock;
        this.places = places;
    }

    synchronized void know(Lid lid) {
        known.add(lid);
    }

    synchronized PlacedExtent placed(Lid lid) {
        return extents.get(lid);
    }

    synchronized void placeNow(Lid lid) {
        know(lid);
        place(lid);
    }

    synchronized void endSessions() {
        sessions.clear();
        leases.clear();
    }

    /// A new leader: it knows what was recorded, not the leases, and waits out every session (S8).
    synchronized void leaderChanges() {
        term++;
        counter = 0;
        sessions.clear();
        leases.clear();
        grantsFromMillis = clock.millis() + periodMillis + marginMillis;
    }

    /// A new leader that grants nothing until every session of before has ended, in order or by time.
    synchronized void predecessorsAreWaitedOut() {
        leaderChanges();
        predecessors = true;
    }

    private void place(Lid lid) {
        var pid = Pid.of(0, ++pids);
        extents.put(lid, new PlacedExtent(pid, 1, places, 1, Generation.ZERO, false, places.size()));
    }

    @Override
    public synchronized Outcome<Long> openSession(SessionId session, String node, ProcessIdentity process) {
        sessions.put(session, clock.millis() + periodMillis + marginMillis);
        return Outcome.ok(periodMillis);
    }

    private void expire() {
        long now = clock.millis();
        sessions.values().removeIf(until -> until <= now);
        leases.values().removeIf(lease -> !sessions.containsKey(lease.holder()));
    }

    @Override
    public synchronized Outcome<Long> renewSession(SessionId session) {
        expire();
        if (!sessions.containsKey(session)) {
            return Outcome.refused(Outcome.Kind.NOT_FOUND, "session " + session + " is over", "open a new one");
        }
        sessions.put(session, clock.millis() + periodMillis + marginMillis);
        return Outcome.ok(periodMillis);
    }

    @Override
    public synchronized void closeSession(SessionId session) {
        if (predecessors && !sessions.containsKey(session)) {
            grantsFromMillis = 0;
        }
        sessions.remove(session);
        expire();
    }

    @Override
    public synchronized List<SessionInfo> sessions() {
        return sessions.keySet().stream()
                .map(id -> new SessionInfo(id, "n", 0, 0))
                .toList();
    }

    @Override
    public synchronized LeaseResult acquire(SessionId session, Lid lid, boolean toWrite) {
        expire();
        if (!sessions.containsKey(session)) {
            return new LeaseResult.SessionOver();
        }
        if (!known.contains(lid)) {
            return new LeaseResult.Unknown();
        }
        var lease = leases.get(lid);
        if (lease != null && !lease.holder().equals(session)) {
            return new LeaseResult.Held("n", 100);
        }
        if (clock.millis() < grantsFromMillis) {
            return new LeaseResult.Unavailable("a new leader waits");
        }
        if (toWrite && !extents.containsKey(lid)) {
            if (noSpace) {
                refusedForRoom = refusedForRoom + 1; // by one caller at a time
                return new LeaseResult.NoSpace("no chunk has room");
            }
            place(lid);
        }
        return lease == null ? grant(session, lid) : granted(lid, lease.epoch());
    }

    private LeaseResult grant(SessionId session, Lid lid) {
        var epoch = LeaseEpoch.of(term, ++counter);
        leases.put(lid, new Lease(session, epoch));
        highest.put(lid, epoch);
        return granted(lid, epoch);
    }

    private LeaseResult granted(Lid lid, LeaseEpoch epoch) {
        return new LeaseResult.Granted(lid, epoch, Optional.ofNullable(extents.get(lid)));
    }

    @Override
    public synchronized LeaseResult renewEpoch(SessionId session, Lid lid, LeaseEpoch current) {
        expire();
        if (!sessions.containsKey(session)) {
            return new LeaseResult.SessionOver();
        }
        var lease = leases.get(lid);
        if (lease == null || !lease.holder().equals(session)) {
            return acquire(session, lid, false);
        }
        return grant(session, lid);
    }

    @Override
    public synchronized void release(SessionId session, Lid lid, LeaseEpoch epoch) {
        leases.remove(lid, new Lease(session, epoch));
    }

    @Override
    public synchronized ChangeResult synced(
            Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> keep) {
        return change(pid, epoch, locationVersion, floor, keep);
    }

    @Override
    public synchronized ChangeResult removeSegments(
            Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> failed) {
        var now = byPid(pid);
        var keep =
                now == null ? Set.<ChunkId>of() : new TreeSet<>(now.getValue().location());
        if (now != null) {
            keep.removeAll(failed);
        }
        return change(pid, epoch, locationVersion, floor, keep);
    }

    private Map.Entry<Lid, PlacedExtent> byPid(Pid pid) {
        return extents.entrySet().stream()
                .filter(e -> e.getValue().pid().equals(pid))
                .findFirst()
                .orElse(null);
    }

    private ChangeResult change(Pid pid, LeaseEpoch epoch, long version, Generation floor, Set<ChunkId> keep) {
        var entry = byPid(pid);
        if (entry == null) {
            return new ChangeResult.Unknown();
        }
        var now = entry.getValue();
        if (epoch.compareTo(highest.get(entry.getKey())) < 0) {
            return new ChangeResult.Fenced(highest.get(entry.getKey()));
        }
        if (version != now.locationVersion()) {
            return new ChangeResult.StaleVersion(now.locationVersion());
        }
        if (keep.isEmpty() || !now.location().containsAll(keep)) {
            return new ChangeResult.Forbidden("it would leave " + keep + " of " + now.location());
        }
        boolean moved = keep.size() < now.location().size();
        var changed = new PlacedExtent(
                pid,
                now.volumeId(),
                now.location().stream().filter(keep::contains).toList(),
                moved ? version + 1 : version,
                floor.compareTo(now.floor()) > 0 ? floor : now.floor(),
                true,
                now.replicas());
        extents.put(entry.getKey(), changed);
        changes.add(entry.getKey() + " " + changed.location() + " " + floor);
        return new ChangeResult.Changed(changed);
    }

    @Override
    public Outcome<List<Lid>> create(ExtentSpec spec, int count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(List<Lid> lids) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Lid> ofVolume(long volumeId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ExtentInfo> describe(List<Lid> lids) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Pid> garbage(ChunkId chunk, List<Pid> held) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ExtentTotals totals() {
        throw new UnsupportedOperationException();
    }
}
