package io.ashlar.alloc.engine;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.base.ChunkId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The placement that is always there: one segment a node, spread over zones, racks and bricks as far as the topology
/// allows (AL-06), the emptiest chunk first (AL-22), slow ones last; equal chunks by id. With fewer nodes than wanted
/// it goes down to the request's least width (S9).
final class DefaultPlacement implements PlacementPolicy {
    private static final String WHY = "apart by zone, rack, brick and node; emptiest first";

    @Override
    public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        var loads = new Loads(view);
        var answers = new ArrayList<Placement>(batch.size());
        for (var request : batch) {
            answers.add(place(request, loads));
        }
        return answers;
    }

    /// Answers one request and counts the answer towards the loads.
    Placement place(PlacementRequest request, Loads loads) {
        var chosen = choose(loads.candidates(request.segmentBytes()), request.width());
        if (chosen.size() < request.minWidth()) {
            return refused(request, loads, chosen.size());
        }
        loads.take(chosen, request.segmentBytes());
        var fewer = chosen.size() < request.width()
                ? "; only " + chosen.size() + " of " + request.width() + " nodes can take it"
                : "";
        return new Placement.Chosen(chosen, WHY + fewer);
    }

    private static List<ChunkId> choose(List<Chunk> candidates, int width) {
        var left = new ArrayList<>(candidates);
        var picked = new ArrayList<Chunk>();
        while (picked.size() < width && !left.isEmpty()) {
            // ranked anew for each pick: what is already there decides what spreads best (AL-02)
            var best = left.stream().min(ranking(picked)).orElseThrow();
            picked.add(best);
            left.removeIf(chunk -> chunk.node().equals(best.node()));
        }
        return picked.stream().map(Chunk::id).toList();
    }

    private static Comparator<Chunk> ranking(List<Chunk> picked) {
        Map<String, Integer> zones = Loads.countBy(picked, Chunk::zone);
        Map<String, Integer> racks = Loads.countBy(picked, Chunk::rack);
        Map<String, Integer> bricks = Loads.countBy(picked, Chunk::brick);
        return Comparator.comparing(Chunk::slow)
                .thenComparingInt(chunk -> zones.getOrDefault(chunk.zone(), 0))
                .thenComparingInt(chunk -> racks.getOrDefault(chunk.rack(), 0))
                .thenComparingInt(chunk -> bricks.getOrDefault(chunk.brick(), 0))
                .thenComparing(
                        Comparator.comparingDouble(DefaultPlacement::freeShare).reversed())
                .thenComparing(Chunk::id);
    }

    /// As a fraction and not in whole percent: one segment must make a difference on a chunk of many terabytes.
    private static double freeShare(Chunk chunk) {
        return chunk.capacityBytes() <= 0 ? 0 : (double) chunk.freeBytes() / chunk.capacityBytes();
    }

    private static Placement.Refused refused(PlacementRequest request, Loads loads, int reached) {
        var eligible = loads.all().stream().filter(Chunk::eligible).toList();
        int nodes = Loads.nodesOf(eligible);
        if (nodes >= request.minWidth()) {
            return new Placement.Refused(
                    Placement.Rule.FREE_SPACE,
                    reached,
                    nodes + " nodes are well, " + reached + " have a chunk with " + request.segmentBytes()
                            + " bytes free, " + request.minWidth() + " are needed");
        }
        if (eligible.size() >= request.minWidth()) {
            return new Placement.Refused(
                    Placement.Rule.FAILURE_DOMAIN,
                    nodes,
                    eligible.size() + " chunks are well, but on " + nodes + " nodes; " + request.minWidth()
                            + " nodes are needed");
        }
        return new Placement.Refused(
                Placement.Rule.HEALTH,
                eligible.size(),
                eligible.size() + " of " + loads.all().size() + " chunks are well, " + request.minWidth()
                        + " are needed");
    }
}
