package io.ashlar.chunk.manager;

import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gives every node its place on the ring anew (AL-13..19): nodes of all bricks are mixed in proportion to the bricks'
/// sizes, and inside a brick the former order stays. Nodes that hang below the cluster itself form a brick of their
/// own.
final class RingIds {
    /// Former ring order first, as unsigned numbers; nodes that are new to the ring after them, by id (CD-16).
    private static final Comparator<TopoObject> FORMER_ORDER = Comparator.comparing(
                    (TopoObject node) -> node.ringId() == 0 ? -1L : node.ringId(), Long::compareUnsigned)
            .thenComparingLong(TopoObject::id);

    private RingIds() {}

    static SortedMap<Long, TopoObject> regenerated(SortedMap<Long, TopoObject> topo) {
        var bricks = new TreeMap<Long, List<TopoObject>>();
        for (var object : topo.values()) {
            if (object.kind() == Kind.NODE) {
                bricks.computeIfAbsent(object.parentId(), id -> new ArrayList<>())
                        .add(object);
            }
        }
        var next = new TreeMap<>(topo);
        long ringId = 1;
        for (var node : ring(bricks)) {
            next.put(node.id(), new TopoObject(node.id(), node.kind(), node.name(), node.parentId(), ringId++));
        }
        return next;
    }

    private static List<TopoObject> ring(SortedMap<Long, List<TopoObject>> bricks) {
        bricks.values().forEach(nodes -> nodes.sort(FORMER_ORDER));
        int rounds = bricks.values().stream().mapToInt(List::size).min().orElse(0);
        var ring = new ArrayList<TopoObject>();
        for (int round = 0; round < rounds; round++) {
            var parts = new ArrayList<Deque<TopoObject>>();
            for (var nodes : bricks.values()) {
                parts.add(new ArrayDeque<>(nodes.subList(cut(round, nodes, rounds), cut(round + 1, nodes, rounds))));
            }
            takeInTurn(parts, ring);
        }
        return ring;
    }

    private static int cut(int round, List<TopoObject> nodes, int rounds) {
        return (int) ((long) round * nodes.size() / rounds);
    }

    private static void takeInTurn(List<Deque<TopoObject>> parts, List<TopoObject> ring) {
        boolean left = true;
        while (left) {
            left = false;
            for (var part : parts) {
                if (!part.isEmpty()) {
                    ring.add(part.poll());
                }
                left |= !part.isEmpty();
            }
        }
    }
}
