package io.ashlar.volume.manager;

import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A store in memory that keeps its promises, and breaks them on demand.
final class FakeMetaStore implements MetaStore {
    enum Failure {
        NONE,
        /// Throws and has done nothing.
        BEFORE,
        /// Has done it, and throws.
        AFTER
    }

    private final Map<String, TreeMap<byte[], byte[]>> tables = new HashMap<>();
    private long highestTerm;
    private Predicate<MetaBatch> victim = batch -> false;
    private Failure failure = Failure.NONE;
    private int commits;

    synchronized void fail(Failure how, Predicate<MetaBatch> which) {
        failure = how;
        victim = which;
    }

    synchronized void heal() {
        failure = Failure.NONE;
    }

    synchronized int commits() {
        return commits;
    }

    synchronized int rows(String table) {
        return table(table).size();
    }

    @Override
    public synchronized Optional<byte[]> get(String table, byte[] key) {
        return Optional.ofNullable(table(table).get(key)).map(byte[]::clone);
    }

    @Override
    public synchronized void scan(String table, byte[] fromKey, Visitor visitor) {
        for (var entry : table(table).tailMap(fromKey, true).entrySet()) {
            if (!visitor.row(entry.getKey().clone(), entry.getValue().clone())) {
                return;
            }
        }
    }

    @Override
    public void commit(long term, MetaBatch batch) {
        synchronized (this) {
            if (term < highestTerm) {
                throw new StorageException.StaleEpoch("term " + term + " after " + highestTerm);
            }
            highestTerm = term;
            boolean hit = failure != Failure.NONE && victim.test(batch);
            if (hit && failure == Failure.BEFORE) {
                throw new StorageException.Unavailable("injected before");
            }
            commits++;
            for (var change : batch.changes()) {
                if (change.value() == null) {
                    table(change.table()).remove(change.key());
                } else {
                    table(change.table()).put(change.key(), change.value());
                }
            }
            if (hit) {
                throw new StorageException.Unavailable("injected after");
            }
        }
    }

    private TreeMap<byte[], byte[]> table(String name) {
        return tables.computeIfAbsent(name, n -> new TreeMap<>(Arrays::compareUnsigned));
    }
}
