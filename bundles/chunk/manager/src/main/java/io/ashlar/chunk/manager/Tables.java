package io.ashlar.chunk.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that the manager keeps in its tables, at one moment. Immutable: a change makes a new one, and the
/// difference is what gets committed.
record Tables(
        Versions versions,
        SortedMap<Long, TopoObject> topo,
        SortedMap<ChunkId, ChunkRecord> chunks,
        SortedMap<Long, NodeRecord> nodes) {

    static final Tables EMPTY = new Tables(Versions.FIRST, sorted(), sorted(), sorted());

    private static final TopoObject CLUSTER =
            new TopoObject(TopoObject.CLUSTER_ID, Kind.CLUSTER, "cluster", TopoObject.CLUSTER_ID, 0);

    Tables {
        topo = Collections.unmodifiableSortedMap(new TreeMap<>(topo));
        chunks = Collections.unmodifiableSortedMap(new TreeMap<>(chunks));
        nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
    }

    /// @return these tables with the root of the topology, which is stored with the first change
    Tables rooted() {
        return topo.containsKey(CLUSTER.id()) ? this : withTopo(CLUSTER);
    }

    Tables withVersions(Versions next) {
        return new Tables(next, topo, chunks, nodes);
    }

    Tables withTopo(TopoObject object) {
        var next = new TreeMap<>(topo);
        next.put(object.id(), object);
        return new Tables(versions, next, chunks, nodes);
    }

    Tables withAllTopo(SortedMap<Long, TopoObject> next) {
        return new Tables(versions, next, chunks, nodes);
    }

    Tables withoutTopo(long id) {
        var next = new TreeMap<>(topo);
        next.remove(id);
        var nextNodes = new TreeMap<>(nodes);
        nextNodes.remove(id);
        return new Tables(versions, next, chunks, nextNodes);
    }

    Tables withChunk(ChunkRecord chunk) {
        var next = new TreeMap<>(chunks);
        next.put(chunk.id(), chunk);
        return new Tables(versions, topo, next, nodes);
    }

    Tables withNode(NodeRecord node) {
        var next = new TreeMap<>(nodes);
        next.put(node.topoId(), node);
        return new Tables(versions, topo, chunks, next);
    }

    Optional<TopoObject> named(Kind kind, String name) {
        return topo.values().stream()
                .filter(object -> object.kind() == kind && object.name().equals(name))
                .findFirst();
    }

    List<TopoObject> childrenOf(long id) {
        return topo.values().stream()
                .filter(object -> object.parentId() == id && object.id() != id)
                .toList();
    }

    /// @return the whole tree, parents before children, siblings by id
    List<TopoObject> tree() {
        var children = new TreeMap<Long, List<TopoObject>>();
        for (var object : topo.values()) {
            if (object.id() != TopoObject.CLUSTER_ID) {
                children.computeIfAbsent(object.parentId(), id -> new ArrayList<>())
                        .add(object);
            }
        }
        var tree = new ArrayList<TopoObject>(topo.size());
        addWithChildren(topo.get(TopoObject.CLUSTER_ID), children, tree);
        return List.copyOf(tree);
    }

    /// @return the name of the object's ancestor of the kind, or "" where it has none
    String ancestorName(long id, Kind kind) {
        var object = topo.get(id);
        // kinds only get larger on the way up, so this ends at the cluster
        while (object != null && object.kind() != Kind.CLUSTER) {
            if (object.kind() == kind) {
                return object.name();
            }
            object = topo.get(object.parentId());
        }
        return "";
    }

    private static void addWithChildren(
            TopoObject object, SortedMap<Long, List<TopoObject>> children, List<TopoObject> tree) {
        tree.add(object);
        for (var child : children.getOrDefault(object.id(), List.of())) {
            addWithChildren(child, children, tree);
        }
    }

    private static <K extends Comparable<K>, V> SortedMap<K, V> sorted() {
        return new TreeMap<>();
    }
}
