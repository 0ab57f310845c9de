package io.ashlar.chunk.manager;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.base.ChunkId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/// A placement engine in the fewest lines that keep its promises: eligible chunks, one a node, room counted through the
/// batch.
final class EmptiestFirst implements PlacementEngine {
    volatile ClusterView lastView;
    volatile String lastPolicy;

    @Override
    public List<PlacementDecision> place(String policyName, List<PlacementRequest> batch, ClusterView view) {
        lastView = view;
        lastPolicy = policyName;
        var free = new HashMap<ChunkId, Long>();
        view.chunks().forEach(chunk -> free.put(chunk.id(), chunk.freeBytes()));
        var decisions = new ArrayList<PlacementDecision>();
        for (var request : batch) {
            var nodes = new HashSet<String>();
            var chosen = view.chunks().stream()
                    .filter(chunk -> chunk.eligible() && free.get(chunk.id()) >= request.segmentBytes())
                    .sorted(Comparator.<Chunk>comparingLong(chunk -> -free.get(chunk.id()))
                            .thenComparing(Chunk::id))
                    .filter(chunk -> nodes.add(chunk.node()))
                    .limit(request.width())
                    .map(Chunk::id)
                    .toList();
            if (chosen.size() < request.minWidth()) {
                long well = view.chunks().stream().filter(Chunk::eligible).count();
                var rule = well < request.minWidth() ? Placement.Rule.HEALTH : Placement.Rule.FREE_SPACE;
                decisions.add(new PlacementDecision(new Placement.Refused(rule, chosen.size(), "too few"), "fake", ""));
                continue;
            }
            chosen.forEach(id -> free.merge(id, -request.segmentBytes(), Long::sum));
            decisions.add(new PlacementDecision(new Placement.Chosen(chosen, "emptiest first"), "fake", ""));
        }
        return decisions;
    }

    @Override
    public List<PolicyInfo> policies() {
        return List.of();
    }
}
