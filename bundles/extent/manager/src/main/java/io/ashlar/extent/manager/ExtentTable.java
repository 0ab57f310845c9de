package io.ashlar.extent.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.extent.ExtentTotals;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The rows of logical and physical extents as they are durable, in memory. Pure; guarded by the manager's lock.
final class ExtentTable {
    /// Extents with equal segments and equal wish, for counting without a walk over all of them.
    private record Shape(List<ChunkId> location, int replicas) {}

    private final TreeMap<Lid, Lextent> logical = new TreeMap<>();
    private final Map<Pid, Pextent> physical = new HashMap<>();
    private final Map<Shape, Long> shapes = new HashMap<>();

    Optional<Lextent> logical(Lid lid) {
        return Optional.ofNullable(logical.get(lid));
    }

    Optional<Pextent> physical(Pid pid) {
        return Optional.ofNullable(physical.get(pid));
    }

    Optional<Pextent> placeOf(Lextent row) {
        return row.pid().flatMap(this::physical);
    }

    /// @return all physical extents, in no order
    Iterable<Pextent> places() {
        return physical.values();
    }

    void put(Lextent row) {
        logical.put(row.lid(), row);
    }

    void remove(Lid lid) {
        logical.remove(lid);
    }

    /// @return the row that was there before
    Optional<Pextent> put(Pextent row) {
        var before = Optional.ofNullable(physical.put(row.pid(), row));
        before.ifPresent(old -> count(old, -1));
        count(row, 1);
        return before;
    }

    /// @return the row that was there before
    Optional<Pextent> remove(Pid pid) {
        var before = Optional.ofNullable(physical.remove(pid));
        before.ifPresent(old -> count(old, -1));
        return before;
    }

    private void count(Pextent row, long by) {
        shapes.merge(new Shape(row.location(), row.replicas()), by, (a, b) -> a + b == 0 ? null : a + b);
    }

    List<Lid> ofVolume(long volumeId) {
        return logical.values().stream()
                .filter(row -> row.volumeId() == volumeId)
                .map(Lextent::lid)
                .toList();
    }

    long highestLid() {
        return logical.isEmpty() ? 0 : logical.lastKey().counter();
    }

    ExtentTotals totals(Set<ChunkId> alive, int leased) {
        long degraded = 0;
        long unavailable = 0;
        for (var entry : shapes.entrySet()) {
            var shape = entry.getKey();
            long answering = shape.location.stream().filter(alive::contains).count();
            if (answering == 0) {
                unavailable += entry.getValue();
            }
            if (answering < shape.replicas) {
                degraded += entry.getValue();
            }
        }
        return new ExtentTotals(logical.size(), physical.size(), degraded, unavailable, leased);
    }
}
