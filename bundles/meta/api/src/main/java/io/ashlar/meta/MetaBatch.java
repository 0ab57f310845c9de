package io.ashlar.meta;

import java.util.ArrayList;
import java.util.List;

/// Puts and deletes that are applied together, in order. Built by one thread, then handed to [MetaStore#commit] and not
/// changed any more.
public final class MetaBatch {
    /// One change; `value` null deletes.
    public record Change(String table, byte[] key, byte[] value) {}

    private final List<Change> changes = new ArrayList<>();

    public MetaBatch put(String table, byte[] key, byte[] value) {
        changes.add(new Change(table, key.clone(), value.clone()));
        return this;
    }

    public MetaBatch delete(String table, byte[] key) {
        changes.add(new Change(table, key.clone(), null));
        return this;
    }

    public List<Change> changes() {
        return List.copyOf(changes);
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }
}
