package io.ashlar.meta.memory;

import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/// Tables in memory that keep the promises of [MetaStore] - unsigned key order, whole batches, terms, copies of all
/// bytes - and break them on demand. For tests of managers; never shipped.
///
/// **Thread:** any.
public final class MemoryMetaStore implements MetaStore {
    /// How a commit fails.
    public enum Failure {
        /// It throws and has done nothing.
        BEFORE,
        /// It has done it, and throws: the outcome is unknown to the caller.
        AFTER
    }

    private final Map<String, TreeMap<byte[], byte[]>> tables = new HashMap<>();
    private long highestTerm;
    private int commits;
    private int commitsAtGate;
    private Predicate<MetaBatch> victim = batch -> false;
    private Failure failure;
    private boolean failsOnce;
    private boolean unreadable;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /// Every commit that the predicate names fails, until [#heal()].
    public synchronized void fail(Failure how, Predicate<MetaBatch> which) {
        failure = how;
        victim = which;
        failsOnce = false;
    }

    /// The next commit fails, the one after it does not.
    public synchronized void failNext(Failure how) {
        fail(how, batch -> true);
        failsOnce = true;
    }

    /// Every [#get] throws until [#heal()].
    public synchronized void unreadable() {
        unreadable = true;
    }

    public synchronized void heal() {
        failure = null;
        unreadable = false;
    }

    /// Commits wait until [#openGate()].
    public void closeGate() {
        gate = new CountDownLatch(1);
    }

    public void openGate() {
        gate.countDown();
    }

    /// @return how many commits have happened
    public synchronized int commits() {
        return commits;
    }

    /// @return how many commits wait at the gate now
    public synchronized int commitsAtGate() {
        return commitsAtGate;
    }

    public synchronized int rows(String table) {
        return table(table).size();
    }

    /// Replaces the first row of the table.
    public synchronized void damage(String table, byte[] row) {
        table(table).put(table(table).firstKey(), row);
    }

    @Override
    public synchronized Optional<byte[]> get(String table, byte[] key) {
        if (unreadable) {
            throw new StorageException.Unavailable("injected: unreadable");
        }
        return Optional.ofNullable(table(table).get(key)).map(byte[]::clone);
    }

    @Override
    public void scan(String table, byte[] fromKey, Visitor visitor) {
        List<Map.Entry<byte[], byte[]>> rows;
        synchronized (this) {
            rows = new ArrayList<>(table(table).tailMap(fromKey, true).entrySet());
        }
        for (var row : rows) {
            if (!visitor.row(row.getKey().clone(), row.getValue().clone())) {
                return;
            }
        }
    }

    @Override
    public void commit(long term, MetaBatch batch) {
        passGate();
        synchronized (this) {
            if (term < highestTerm) {
                throw new StorageException.StaleEpoch("term " + term + " is over, " + highestTerm + " was seen");
            }
            highestTerm = term;
            var fails = takeFailure(batch);
            if (fails.equals(Optional.of(Failure.BEFORE))) {
                throw new StorageException.Unavailable("injected before");
            }
            commits++;
            batch.changes().forEach(this::apply);
            if (fails.isPresent()) {
                throw new StorageException.Unavailable("injected after");
            }
        }
    }

    private void passGate() {
        synchronized (this) {
            commitsAtGate++;
        }
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("a test's commit was interrupted", e);
        } finally {
            synchronized (this) {
                commitsAtGate--;
            }
        }
    }

    private Optional<Failure> takeFailure(MetaBatch batch) {
        if (failure == null || !victim.test(batch)) {
            return Optional.empty();
        }
        var taken = failure;
        if (failsOnce) {
            failure = null;
        }
        return Optional.of(taken);
    }

    private void apply(MetaBatch.Change change) {
        if (change.value() == null) {
            table(change.table()).remove(change.key());
        } else {
            table(change.table()).put(change.key(), change.value());
        }
    }

    private TreeMap<byte[], byte[]> table(String name) {
        return tables.computeIfAbsent(name, n -> new TreeMap<>(Arrays::compareUnsigned));
    }
}
