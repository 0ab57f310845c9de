package io.ashlar.extent.manager;

import io.ashlar.base.Lid;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.cluster.Leadership;
import io.ashlar.extent.manager.Rows.Counters;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The state of one extent manager and the one way to change it.
///
/// One lock guards all state. A change holds the extents that it touches, hands its rows to the [CommitLane] under the
/// lock, waits for the store without it, and then has the memory follow the rows; so what memory shows is durable,
/// changes of one extent follow one another, and changes of different extents share a sync. When the store fails,
/// nobody knows whether the rows are there: the extents stay held until they have been read back.
///
/// **Thread:** every method but [#lock] needs the lock; those that wait or commit give it up meanwhile.
final class Ledger {
    /// How long a caller waits for an extent that somebody else changes.
    static final long BUSY_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final MetaStore store;
    private final CommitLane lane;
    private final Leadership leadership;
    private final MonotonicClock clock;
    private final int shard;
    private final ExtentTable table;
    private final LeaseBook leases;
    private final SpaceBook space;
    private final Epochs epochs;

    private final Set<Lid> held = new HashSet<>();
    private final Set<Pid> pidsInFlight = new HashSet<>();
    private final List<Hold> doubts = new ArrayList<>();
    private long claimedEpochs;
    private long nextLid;
    private long nextPid;
    private long durableNextPid;
    private String ended = "";

    Ledger(MetaStore store, Leadership leadership, MonotonicClock clock, int shard, Loaded loaded) {
        this.store = store;
        this.lane = new CommitLane(store, leadership.term());
        this.leadership = leadership;
        this.clock = clock;
        this.shard = shard;
        this.table = loaded.table();
        this.leases = loaded.leases();
        this.space = loaded.space();
        this.epochs = loaded.epochs();
        this.claimedEpochs = loaded.counters().epochLimit();
        this.nextLid = loaded.counters().nextLid();
        this.nextPid = loaded.counters().nextPid();
        this.durableNextPid = nextPid;
    }

    /// What the tables held when this leader began.
    record Loaded(ExtentTable table, LeaseBook leases, SpaceBook space, Epochs epochs, Counters counters) {}

    // ---- lock and validity ------------------------------------------------------------------------------------------

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /// Runs one request under the lock.
    <T> T request(Supplier<T> body) {
        lock.lock();
        try {
            requireOpen();
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    /// As [#request] for an answer that no commit proves: it counts only while this node still leads after the decision
    /// (S8).
    <T> T answer(Supplier<T> body) {
        T result = request(body);
        if (!leadership.valid()) {
            throw new StorageException.StaleEpoch("this node does not lead the extent manager any more");
        }
        return result;
    }

    private void requireOpen() {
        if (!ended.isEmpty()) {
            throw new StorageException.StaleEpoch(ended);
        }
    }

    /// Ends all service: later requests are refused, and those that wait give up.
    void end(String why) {
        if (ended.isEmpty()) {
            ended = why;
        }
        changed.signalAll();
    }

    /// Waits for the commits that are on their way; needs no lock.
    ///
    /// @return false when the store has not answered in time
    boolean drain(long waitMillis) throws InterruptedException {
        return lane.close(waitMillis);
    }

    boolean hasEnded() {
        return !ended.isEmpty();
    }

    /// Calls somebody else without the lock.
    <T> T outside(Supplier<T> call) {
        lock.unlock();
        try {
            return call.get();
        } finally {
            lock.lock();
        }
    }

    /// Waits for something that others bring about, a bounded time; gives up the lock meanwhile.
    ///
    /// @return false when the time is over
    boolean await(BooleanSupplier ready, long waitNanos) {
        long leftNanos = waitNanos;
        try {
            while (!ready.getAsBoolean()) {
                if (leftNanos <= 0) {
                    return false;
                }
                leftNanos = changed.awaitNanos(leftNanos);
                requireOpen();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable("interrupted", e);
        }
    }

    long nowNanos() {
        return clock.nanos();
    }

    int shard() {
        return shard;
    }

    ExtentTable table() {
        return table;
    }

    LeaseBook leases() {
        return leases;
    }

    SpaceBook space() {
        return space;
    }

    // ---- holds ------------------------------------------------------------------------------------------------------

    void awaitFree(Lid lid) {
        awaitFree(Set.of(lid));
    }

    private void awaitFree(Set<Lid> lids) {
        if (!await(() -> Collections.disjoint(lids, held), BUSY_WAIT_NANOS)) {
            throw new StorageException.Unavailable("a change of extent "
                    + lids.stream().filter(held::contains).findFirst().orElseThrow() + " has not come to its end");
        }
    }

    Hold hold(Collection<Lid> lids) {
        var wanted = Set.copyOf(lids);
        awaitFree(wanted);
        held.addAll(wanted);
        return new Hold(wanted);
    }

    /// Ends a hold, unless the outcome of its change is unknown.
    void letGo(Hold hold) {
        if (hold.doubt().isEmpty() && hold.end()) {
            held.removeAll(hold.lids());
            hold.pids().forEach(pidsInFlight::remove);
            changed.signalAll();
        }
    }

    // ---- changes ----------------------------------------------------------------------------------------------------

    List<Lid> takeLids(int count) {
        var lids = new ArrayList<Lid>(count);
        for (int i = 0; i < count; i++) {
            lids.add(Lid.of(shard, nextLid++));
        }
        return lids;
    }

    Pid takePid(Hold hold) {
        var pid = Pid.of(shard, nextPid++);
        pidsInFlight.add(pid);
        hold.pids().add(pid);
        return pid;
    }

    /// Makes the batch durable and has the memory follow it.
    void commit(Hold hold, MetaBatch batch) {
        var ticket = lane.enqueue(batch);
        RuntimeException failure = null;
        lock.unlock();
        try {
            ticket.await();
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            lock.lock();
        }
        if (failure == null) {
            batch.changes().forEach(this::follow);
            return;
        }
        if (failure instanceof StorageException.StaleEpoch) {
            end("another node leads the extent manager now");
            throw failure;
        }
        hold.doubt(batch);
        doubts.add(hold);
        settle(hold);
        throw failure instanceof StorageException known
                ? known
                : new StorageException.Unavailable("the metadata store failed: " + failure.getMessage(), failure);
    }

    /// As [#commit], for a batch with new ids: the counters go with it. The order of the lane keeps them growing.
    void commitWithCounters(Hold hold, MetaBatch batch) {
        batch.put(Rows.COUNTERS, Rows.countersKey(shard), Rows.encode(counters()));
        commit(hold, batch);
    }

    private Counters counters() {
        return new Counters(leadership.term(), claimedEpochs, nextLid, nextPid);
    }

    /// Sees to it that at least so many epochs can be given without a commit.
    void reserveEpochs(long atLeast) {
        while (epochs.left() < atLeast) {
            claimedEpochs = Math.max(claimedEpochs, epochs.limit() + Epochs.BLOCK);
            long claim = claimedEpochs;
            commitWithCounters(new Hold(Set.of()), new MetaBatch());
            epochs.raise(claim);
        }
    }

    private void follow(MetaBatch.Change change) {
        follow(change.table(), change.key(), Optional.ofNullable(change.value()));
    }

    private void follow(String of, byte[] key, Optional<byte[]> value) {
        switch (of) {
            case Rows.LEXTENTS -> {
                if (value.isPresent()) {
                    table.put(Rows.lextent(value.get()));
                } else {
                    var lid = Rows.lid(key);
                    table.remove(lid);
                    leases.drop(lid);
                }
            }
            case Rows.PEXTENTS -> {
                var now = value.map(Rows::pextent);
                var before = now.isPresent() ? table.put(now.get()) : table.remove(Rows.pid(key));
                space.changed(before, now);
            }
            case Rows.COUNTERS ->
                value.ifPresent(row -> durableNextPid =
                        Math.max(durableNextPid, Rows.counters(row).nextPid()));
            default -> {} // sessions are kept by the lease book
        }
    }

    /// Reads back what changes of unknown outcome have left. Those that cannot be read stay in doubt.
    void settleDoubts() {
        for (var hold : List.copyOf(doubts)) {
            settle(hold);
            letGo(hold);
        }
    }

    private void settle(Hold hold) {
        try {
            for (var change : hold.doubt().orElseThrow().changes()) {
                follow(change.table(), change.key(), store.get(change.table(), change.key()));
            }
        } catch (RuntimeException e) {
            return; // the caller reports the failure itself; the next tick tries again
        }
        hold.settled();
        doubts.remove(hold);
    }

    boolean inDoubt() {
        return !doubts.isEmpty();
    }

    /// @return whether these tables gave the pid once and its extent was deleted
    boolean wasDeleted(Pid pid) {
        return pid.shard() == shard
                && pid.counter() < durableNextPid
                && table.physical(pid).isEmpty()
                && !pidsInFlight.contains(pid);
    }
}
