package io.ashlar.alloc.engine;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.base.ChunkId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A view of the cluster plus what the batch has taken from it so far (AL-02). Used by one thread.
final class Loads {
    private final long epoch;
    private final Map<ChunkId, Chunk> chunks = new LinkedHashMap<>();

    Loads(ClusterView view) {
        epoch = view.epoch();
        view.chunks().forEach(chunk -> chunks.put(chunk.id(), chunk));
    }

    /// @return the chunk with its present load, or null where the view has none of this id
    Chunk chunk(ChunkId id) {
        return chunks.get(id);
    }

    Collection<Chunk> all() {
        return chunks.values();
    }

    /// Counts one segment on each of the chunks, which are all in the view.
    void take(List<ChunkId> chosen, long segmentBytes) {
        for (var id : chosen) {
            chunks.computeIfPresent(id, (key, chunk) -> loaded(chunk, segmentBytes));
        }
    }

    /// @return the view as the next request must see it
    ClusterView view() {
        return new ClusterView(epoch, List.copyOf(chunks.values()));
    }

    /// @return what may take a segment of this size
    List<Chunk> candidates(long segmentBytes) {
        var roomy = new ArrayList<Chunk>();
        for (var chunk : chunks.values()) {
            if (chunk.eligible() && chunk.freeBytes() >= segmentBytes) {
                roomy.add(chunk);
            }
        }
        return roomy;
    }

    /// @return on how many different nodes the chunks are
    static int nodesOf(Collection<Chunk> chunks) {
        var nodes = new HashSet<String>();
        chunks.forEach(chunk -> nodes.add(chunk.node()));
        return nodes.size();
    }

    /// @return how many of the chunks are in each domain
    static Map<String, Integer> countBy(Collection<Chunk> chunks, java.util.function.Function<Chunk, String> domain) {
        var counts = new HashMap<String, Integer>();
        chunks.forEach(chunk -> counts.merge(domain.apply(chunk), 1, Integer::sum));
        return counts;
    }

    private static Chunk loaded(Chunk chunk, long bytes) {
        long sum = chunk.allocatedBytes() + bytes;
        return new Chunk(
                chunk.id(),
                chunk.zone(),
                chunk.rack(),
                chunk.brick(),
                chunk.node(),
                chunk.eligible(),
                chunk.slow(),
                chunk.capacityBytes(),
                sum < 0 ? Long.MAX_VALUE : sum);
    }
}
