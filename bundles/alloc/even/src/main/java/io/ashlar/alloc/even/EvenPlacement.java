package io.ashlar.alloc.even;

import static io.ashlar.alloc.Placement.Rule.FAILURE_DOMAIN;
import static io.ashlar.alloc.Placement.Rule.FREE_SPACE;
import static io.ashlar.alloc.Placement.Rule.HEALTH;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.base.ChunkId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Emptiest chunk first, one copy a node, and one a failure domain while there are enough domains.
///
/// Slow chunks and those below the floor are taken last rather than never: a placement that is not perfect beats a write that
/// fails.
///
/// @param freeFloorPercent 0..100
/// @param apart what copies are kept apart by, beyond the node
record EvenPlacement(int freeFloorPercent, Domain apart) {

    List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        var taken = new HashMap<ChunkId, Long>();
        var answers = new ArrayList<Placement>(batch.size());
        for (var request : batch) {
            var answer = place(request, view, taken);
            if (answer instanceof Placement.Chosen chosen) {
                chosen.chunks().forEach(id -> taken.merge(id, request.segmentBytes(), Long::sum));
            }
            answers.add(answer);
        }
        return answers;
    }

    private Placement place(PlacementRequest request, ClusterView view, Map<ChunkId, Long> taken) {
        var healthy = keep(view.chunks(), Chunk::eligible);
        if (healthy.size() < request.minWidth()) {
            return new Placement.Refused(HEALTH, healthy.size(), "chunks that are well: " + healthy.size());
        }
        int nodes = nodesOf(healthy);
        if (nodes < request.minWidth()) {
            return new Placement.Refused(FAILURE_DOMAIN, nodes, "nodes with a chunk that is well: " + nodes);
        }
        var roomy = keep(healthy, chunk -> free(chunk, taken) >= request.segmentBytes());
        var chosen = choose(roomy, request.width(), taken);
        if (chosen.size() < request.minWidth()) {
            return new Placement.Refused(
                    FREE_SPACE, chosen.size(), "nodes with " + request.segmentBytes() + " bytes free: " + chosen.size());
        }
        return new Placement.Chosen(chosen, "emptiest first, apart by " + apart);
    }

    private List<ChunkId> choose(List<Chunk> roomy, int width, Map<ChunkId, Long> taken) {
        var left = new ArrayList<>(roomy);
        var domains = new HashSet<String>();
        var chosen = new ArrayList<ChunkId>();
        while (chosen.size() < width && !left.isEmpty()) {
            var best = left.stream().min(ranking(domains, taken)).orElseThrow();
            chosen.add(best.id());
            domains.add(apart.of(best));
            left.removeIf(chunk -> chunk.node().equals(best.node()));
        }
        return chosen;
    }

    /// Ends with the id: equal chunks must not be told apart by the order in which they come.
    private Comparator<Chunk> ranking(Set<String> domains, Map<ChunkId, Long> taken) {
        return Comparator.comparing(Chunk::slow)
                .thenComparing(chunk -> domains.contains(apart.of(chunk)))
                .thenComparing(chunk -> freeShare(chunk, taken) * 100 < freeFloorPercent)
                .thenComparing(Comparator.<Chunk>comparingDouble(chunk -> freeShare(chunk, taken)).reversed())
                .thenComparing(Chunk::id);
    }

    private static List<Chunk> keep(List<Chunk> chunks, Predicate<Chunk> rule) {
        return chunks.stream().filter(rule).toList();
    }

    private static int nodesOf(List<Chunk> chunks) {
        return (int) chunks.stream().map(Chunk::node).distinct().count();
    }

    private static long free(Chunk chunk, Map<ChunkId, Long> taken) {
        return Math.max(0, chunk.freeBytes() - taken.getOrDefault(chunk.id(), 0L));
    }

    /// A fraction, since one extent is far less than a percent of a large chunk.
    private static double freeShare(Chunk chunk, Map<ChunkId, Long> taken) {
        return chunk.capacityBytes() <= 0 ? 0 : (double) free(chunk, taken) / chunk.capacityBytes();
    }
}
