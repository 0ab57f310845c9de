package io.ashlar.chunk.manager;

import io.ashlar.chunk.TopoObject;

/// The counters that the tables keep.
///
/// @param topo grows by one with each change of the topology (CM-28)
/// @param nodeMap grows by one with each change of where chunks and nodes are
/// @param nextTopoId never given before; ids are not reused
/// @param nextChunkId never given before; ids are not reused
record Versions(long topo, long nodeMap, long nextTopoId, int nextChunkId) {
    static final Versions FIRST = new Versions(0, 0, TopoObject.CLUSTER_ID + 1, 1);

    Versions topoChanged() {
        return new Versions(topo + 1, nodeMap, nextTopoId, nextChunkId);
    }

    Versions nodeMapChanged() {
        return new Versions(topo, nodeMap + 1, nextTopoId, nextChunkId);
    }

    Versions topoIdGiven() {
        return new Versions(topo, nodeMap, nextTopoId + 1, nextChunkId);
    }

    Versions chunkIdGiven() {
        return new Versions(topo, nodeMap, nextTopoId, Math.addExact(nextChunkId, 1));
    }
}
