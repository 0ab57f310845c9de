package io.ashlar.alloc.kit;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Made-up questions; equal seeds make equal ones.
final class Questions {
    private static final long EXTENT = Units.EXTENT_BYTES;

    /// What a placement policy is asked.
    record PlacementQuestion(List<PlacementRequest> batch, ClusterView view) {}

    private Questions() {}

    static PlacementRequest request(int width, int minWidth, long segmentBytes) {
        return new PlacementRequest(width, minWidth, segmentBytes, Optional.empty());
    }

    /// A cluster of up to 12 nodes with up to 3 chunks each; roomy, nearly full, or a mixture; some of it broken or
    /// slow.
    static PlacementQuestion placement(long seed) {
        var random = new Random(seed);
        int nodes = random.nextInt(13);
        int bricks = 1 + random.nextInt(5);
        int fullness = random.nextInt(3);
        int broken = random.nextInt(4);
        var chunks = new ArrayList<Chunk>();
        for (int node = 0; node < nodes; node++) {
            int brick = random.nextInt(bricks + 1); // the last: below the cluster itself
            for (int i = random.nextInt(4); i > 0; i--) {
                long capacity = random.nextInt(20) * EXTENT + random.nextInt(2) * 4096L;
                chunks.add(new Chunk(
                        new ChunkId(chunks.size() + 1),
                        brick < bricks ? "z" + brick % 2 : "",
                        brick < bricks ? "r" + brick % 3 : "",
                        brick < bricks ? "b" + brick : "",
                        "n" + node,
                        random.nextInt(10) >= broken,
                        random.nextInt(6) == 0,
                        capacity,
                        allocated(random, fullness, capacity)));
            }
        }
        var batch = new ArrayList<PlacementRequest>();
        for (int i = random.nextInt(20); i > 0; i--) {
            int width = 1 + random.nextInt(random.nextInt(8) == 0 ? 10 : 3);
            var preferred = chunks.isEmpty() || random.nextBoolean()
                    ? Optional.<ChunkId>empty()
                    : Optional.of(new ChunkId(1 + random.nextInt(chunks.size() + 1)));
            long bytes = random.nextInt(4) == 0 ? random.nextLong(EXTENT + 1) : EXTENT;
            batch.add(new PlacementRequest(width, 1 + random.nextInt(width), bytes, preferred));
        }
        return new PlacementQuestion(List.copyOf(batch), new ClusterView(seed, chunks));
    }

    /// One chunk a node, 20 nodes a brick, 16 extents of three replicas.
    static PlacementQuestion large(int count) {
        var chunks = new ArrayList<Chunk>(count);
        for (int i = 1; i <= count; i++) {
            long capacity = 4096 * EXTENT;
            chunks.add(new Chunk(
                    new ChunkId(i),
                    "z" + i % 2,
                    "r" + i % 10,
                    "b" + i / 20,
                    "n" + i,
                    true,
                    false,
                    capacity,
                    i % 97 * EXTENT));
        }
        var batch = new ArrayList<PlacementRequest>();
        for (int i = 0; i < 16; i++) {
            batch.add(request(3, 2, EXTENT));
        }
        return new PlacementQuestion(batch, new ClusterView(1, chunks));
    }

    static ProvisionRequest provision(long seed) {
        var random = new Random(seed);
        long segment = random.nextBoolean()
                ? EXTENT
                : (1 + random.nextInt(Units.BLOCKS_PER_EXTENT)) * (long) Units.BLOCK_BYTES;
        int blocks = (int) (segment / Units.BLOCK_BYTES);
        long used = switch (random.nextInt(3)) {
            case 0 -> 0;
            case 1 -> segment;
            default -> random.nextInt(blocks + 1) * (long) Units.BLOCK_BYTES;
        };
        return new ProvisionRequest(segment, used);
    }

    /// May exceed the capacity: thin segments fill.
    private static long allocated(Random random, int fullness, long capacity) {
        return switch (fullness) {
            case 0 -> random.nextLong(capacity / 4 + 1);
            case 1 -> Math.max(0, capacity - random.nextLong(3) * EXTENT);
            default -> random.nextLong(capacity + EXTENT);
        };
    }
}
