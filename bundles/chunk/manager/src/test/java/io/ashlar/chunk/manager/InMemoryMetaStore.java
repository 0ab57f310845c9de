package io.ashlar.chunk.manager;

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

/// Tables in memory with the promises of [MetaStore]: unsigned key order, whole batches, terms, copies of all bytes.
/// Can fail on order, before or after a batch has happened.
final class InMemoryMetaStore implements MetaStore {
    private final Map<String, TreeMap<byte[], byte[]>> tables = new HashMap<>();
    private long highestTerm;
    private int commits;
    private Runnable beforeCommit = () -> {};
    private Runnable afterCommit = () -> {};

    @Override
    public synchronized Optional<byte[]> get(String table, byte[] key) {
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
    public synchronized void commit(long term, MetaBatch batch) {
        if (term < highestTerm) {
            throw new StorageException.StaleEpoch("term " + term + " is over, " + highestTerm + " was seen");
        }
        highestTerm = term;
        beforeCommit.run();
        for (var change : batch.changes()) {
            if (change.value() == null) {
                table(change.table()).remove(change.key());
            } else {
                table(change.table()).put(change.key(), change.value().clone());
            }
        }
        commits++;
        afterCommit.run();
    }

    synchronized int commits() {
        return commits;
    }

    synchronized int rows(String table) {
        return table(table).size();
    }

    synchronized void damage(String table, byte[] row) {
        table(table).put(table(table).firstKey(), row);
    }

    /// The next commit throws and nothing has happened.
    void failBeforeNextCommit() {
        beforeCommit = () -> {
            beforeCommit = () -> {};
            throw new StorageException.Unavailable("the store was told to fail");
        };
    }

    /// The next commit throws although the batch has happened: the outcome is unknown to the caller.
    void failAfterNextCommit() {
        afterCommit = () -> {
            afterCommit = () -> {};
            throw new StorageException.Unavailable("the store was told to lose its answer");
        };
    }

    private TreeMap<byte[], byte[]> table(String name) {
        return tables.computeIfAbsent(name, key -> new TreeMap<>(Arrays::compareUnsigned));
    }
}
