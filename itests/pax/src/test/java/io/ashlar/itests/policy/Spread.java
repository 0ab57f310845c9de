package io.ashlar.itests.policy;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import java.util.HashSet;
import java.util.List;

/// A policy that keeps its promises: the first eligible chunks, one a node.
public final class Spread implements PlacementPolicy {

    @Override
    public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        return batch.stream().map(request -> place(request, view)).toList();
    }

    private static Placement place(PlacementRequest request, ClusterView view) {
        var nodes = new HashSet<String>();
        var chosen = view.chunks().stream()
                .filter(Chunk::eligible)
                .filter(chunk -> chunk.freeBytes() >= request.segmentBytes())
                .filter(chunk -> nodes.add(chunk.node()))
                .limit(request.width())
                .map(Chunk::id)
                .toList();
        return chosen.size() < request.minWidth()
                ? new Placement.Refused(Placement.Rule.FREE_SPACE, chosen.size(), "nodes with room")
                : new Placement.Chosen(chosen, "the first ones");
    }
}
