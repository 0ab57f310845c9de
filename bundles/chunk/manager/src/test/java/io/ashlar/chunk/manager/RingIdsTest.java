package io.ashlar.chunk.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RingIdsTest {
    private static final long B1 = 100;
    private static final long B2 = 200;
    private static final long B3 = 300;

    private final SortedMap<Long, TopoObject> topo = new TreeMap<>();

    private RingIdsTest nodes(long brick, long... ids) {
        for (long id : ids) {
            node(id, brick, 0);
        }
        return this;
    }

    private void node(long id, long brick, long ringId) {
        topo.put(id, new TopoObject(id, Kind.NODE, "n" + id, brick, ringId));
    }

    private static List<Long> ring(SortedMap<Long, TopoObject> topo) {
        return topo.values().stream()
                .filter(object -> object.kind() == Kind.NODE)
                .sorted(Comparator.comparingLong(TopoObject::ringId))
                .map(TopoObject::id)
                .toList();
    }

    @Test
    void theWorkedExampleOfTheSpecification() {
        nodes(B1, 1, 4).nodes(B2, 2, 5, 7, 8).nodes(B3, 3, 6);
        assertEquals(List.of(1L, 2L, 3L, 5L, 4L, 7L, 6L, 8L), ring(RingIds.regenerated(topo)));
    }

    @Test
    void oneBrickIsInTheOrderOfTopoIdsAndCountsFromOne() {
        nodes(B1, 5, 3, 9);
        var next = RingIds.regenerated(topo);
        assertEquals(List.of(3L, 5L, 9L), ring(next));
        assertEquals(
                List.of(1L, 2L, 3L),
                next.values().stream().map(TopoObject::ringId).toList());
    }

    @Test
    void nodesBelowTheClusterFormABrickOfTheirOwn() {
        nodes(TopoObject.CLUSTER_ID, 7, 8).nodes(B1, 5, 6);
        assertEquals(List.of(7L, 5L, 8L, 6L), ring(RingIds.regenerated(topo)));
    }

    @Test
    void theFormerOrderIsKeptAndANewNodeGoesBehindTheOldOnes() {
        node(9, B1, 1);
        node(5, B1, 2);
        node(1, B1, 0);
        assertEquals(List.of(9L, 5L, 1L), ring(RingIds.regenerated(topo)));
    }

    @Test
    void ringIdsAreComparedUnsigned() {
        node(1, B1, -5);
        node(2, B1, Long.MAX_VALUE);
        node(3, B1, 7);
        assertEquals(List.of(3L, 2L, 1L), ring(RingIds.regenerated(topo)));
    }

    @Test
    void anEmptyTopologyHasNoRing() {
        assertEquals(topo, RingIds.regenerated(topo));
    }

    @Test
    void everyPrefixHoldsEachBrickInProportionAndRegeneratingChangesNothing() {
        for (long seed = 1; seed <= 200; seed++) {
            var random = new Random(seed);
            topo.clear();
            int bricks = 1 + random.nextInt(5);
            var sizes = new int[bricks];
            for (long id = 1; id <= 40; id++) {
                int brick = id <= bricks ? (int) id - 1 : random.nextInt(bricks);
                sizes[brick]++;
                node(id, 1000L * (brick + 1), 0);
            }
            var next = RingIds.regenerated(topo);
            var ring = ring(next);
            int rounds = java.util.Arrays.stream(sizes).min().orElseThrow();
            // after whole rounds every brick has had its share, rounded down
            int taken = 0;
            for (int round = 1; round <= rounds; round++) {
                var expected = new int[bricks];
                int end = 0;
                for (int b = 0; b < bricks; b++) {
                    expected[b] = (int) ((long) round * sizes[b] / rounds);
                    end += expected[b];
                }
                var found = new int[bricks];
                ring.subList(0, end).forEach(id -> found[(int) (next.get(id).parentId() / 1000) - 1]++);
                assertEquals(List.of(box(expected)), List.of(box(found)), "seed " + seed + ", round " + round);
                taken = end;
            }
            assertEquals(40, taken, "seed " + seed);
            assertEquals(ring, ring(RingIds.regenerated(next)), "seed " + seed);
        }
    }

    private static List<Integer> box(int[] values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }
}
