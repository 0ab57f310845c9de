package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Batches that become one write: what the rows will be, and the state after them. A batch that is refused leaves no
/// trace.
final class CommitGroup {
    private final Function<byte[], byte[]> stored;
    private final Map<ByteBuffer, Optional<byte[]>> rows = new LinkedHashMap<>();
    private StoreState state;

    /// @param stored reads a row as it lies in the database; null when absent
    CommitGroup(StoreState state, Function<byte[], byte[]> stored) {
        this.state = state;
        this.stored = stored;
    }

    /// @throws StorageException.StaleEpoch when a later leader has committed here
    /// @throws StorageException.DataLost   when a row to be changed is damaged: its share of the digest is unknown
    void add(long term, MetaBatch batch) {
        if (term < state.term()) {
            throw new StorageException.StaleEpoch(
                    "a batch of term " + term + " was refused: term " + state.term() + " has committed since");
        }
        var changed = new HashMap<ByteBuffer, Optional<byte[]>>();
        var digest = state.digest();
        for (var change : batch.changes()) {
            byte[] key = Row.key(change.table(), change.key());
            var before = before(changed, key);
            if (before.isPresent()) {
                Row.bareValue(key, before.get());
                digest = digest.without(key, before.get());
            }
            var after = Optional.ofNullable(change.value()).map(value -> Row.value(key, value));
            if (after.isPresent()) {
                digest = digest.with(key, after.get());
            }
            changed.put(ByteBuffer.wrap(key), after);
        }
        rows.putAll(changed);
        state = new StoreState(state.index() + 1, term, digest);
    }

    private Optional<byte[]> before(Map<ByteBuffer, Optional<byte[]>> changed, byte[] key) {
        var name = ByteBuffer.wrap(key);
        if (changed.containsKey(name)) {
            return changed.get(name);
        }
        return rows.containsKey(name) ? rows.get(name) : Optional.ofNullable(stored.apply(key));
    }

    /// @return database key to stored value; empty deletes
    Map<ByteBuffer, Optional<byte[]>> rows() {
        return rows;
    }

    StoreState state() {
        return state;
    }
}
