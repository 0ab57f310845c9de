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

/// Emptiest chunk first, one copy a node, and one a failure domain while there are enough domains.
///
/// Slow chunks and those below the floor are taken last rather than never: a placement that is not perfect beats a
/// write that fails.
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
        var healthy = view.chunks().stream().filter(Chunk::eligible).toList();
        if (healthy.size() < request.minWidth()) {
            return new Placement.Refused(HEALTH, healthy.size(), "chunks that are well: " + healthy.size());
        }
        int nodes = (int) healthy.stream().map(Chunk::node).distinct().count();
        if (nodes < request.minWidth()) {
            return new Placement.Refused(FAILURE_DOMAIN, nodes, "nodes with a chunk that is well: " + nodes);
        }
        var chosen = choose(roomy(healthy, request.segmentBytes(), taken), request.width());
        if (chosen.size() < request.minWidth()) {
            return new Placement.Refused(
                    FREE_SPACE,
                    chosen.size(),
                    "nodes with " + request.segmentBytes() + " bytes free: " + chosen.size());
        }
        return new Placement.Chosen(chosen, "emptiest first, apart by " + apart);
    }

    /// A chunk that has room, with what it is ranked by worked out once.
    ///
    /// @param freeShare 0..1; a fraction, since one extent is far less than a percent of a large chunk
    private record Candidate(Chunk chunk, String domain, boolean belowFloor, double freeShare) {}

    private List<Candidate> roomy(List<Chunk> healthy, long segmentBytes, Map<ChunkId, Long> taken) {
        var candidates = new ArrayList<Candidate>(healthy.size());
        for (var chunk : healthy) {
            long free = chunk.freeBytes() - taken.getOrDefault(chunk.id(), 0L);
            if (free >= segmentBytes) {
                double share = chunk.capacityBytes() <= 0 ? 0 : (double) free / chunk.capacityBytes();
                candidates.add(new Candidate(chunk, apart.of(chunk), share * 100 < freeFloorPercent, share));
            }
        }
        return candidates;
    }

    private static List<ChunkId> choose(List<Candidate> left, int width) {
        var domains = new HashSet<String>();
        var chosen = new ArrayList<ChunkId>();
        while (chosen.size() < width && !left.isEmpty()) {
            var best = left.stream().min(ranking(domains)).orElseThrow();
            chosen.add(best.chunk().id());
            domains.add(best.domain());
            left.removeIf(other -> other.chunk().node().equals(best.chunk().node()));
        }
        return chosen;
    }

    /// Ends with the id: equal chunks must not be told apart by the order in which they come.
    private static Comparator<Candidate> ranking(Set<String> domains) {
        return Comparator.comparing((Candidate one) -> one.chunk().slow())
                .thenComparing(one -> domains.contains(one.domain()))
                .thenComparing(Candidate::belowFloor)
                .thenComparing(Comparator.comparingDouble(Candidate::freeShare).reversed())
                .thenComparing(one -> one.chunk().id());
    }
}
