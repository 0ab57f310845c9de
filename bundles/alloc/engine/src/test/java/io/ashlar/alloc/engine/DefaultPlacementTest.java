package io.ashlar.alloc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.kit.PlacementContract;
import io.ashlar.base.ChunkId;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DefaultPlacementTest {
    private final DefaultPlacement placement = new DefaultPlacement();

    /// A chunk of 100 bytes; the path is zone/rack/brick/node.
    private static Chunk chunk(int id, String path, long free) {
        var names = path.split("/", -1);
        return new Chunk(new ChunkId(id), names[0], names[1], names[2], names[3], true, false, 100, 100 - free);
    }

    private static Chunk slow(Chunk chunk) {
        return new Chunk(
                chunk.id(),
                chunk.zone(),
                chunk.rack(),
                chunk.brick(),
                chunk.node(),
                true,
                true,
                100,
                chunk.allocatedBytes());
    }

    private static Chunk ineligible(Chunk chunk) {
        return new Chunk(
                chunk.id(),
                chunk.zone(),
                chunk.rack(),
                chunk.brick(),
                chunk.node(),
                false,
                false,
                100,
                chunk.allocatedBytes());
    }

    private Placement place(int width, int minWidth, Chunk... chunks) {
        var request = new PlacementRequest(width, minWidth, 10, Optional.empty());
        return placement
                .place(List.of(request), new ClusterView(1, List.of(chunks)))
                .getFirst();
    }

    private static List<Integer> ids(Placement placement) {
        return assertInstanceOf(Placement.Chosen.class, placement).chunks().stream()
                .map(ChunkId::value)
                .toList();
    }

    @Test
    void theContractHolds() {
        assertEquals(List.of(), PlacementContract.check(placement));
    }

    @Test
    void theEmptiestComeFirstAndEqualOnesById() {
        assertEquals(List.of(3, 1), ids(place(2, 2, chunk(1, "///a", 50), chunk(2, "///b", 50), chunk(3, "///c", 60))));
    }

    @Test
    void neverTwoOnOneNodeHoweverEmpty() {
        assertEquals(List.of(1, 3), ids(place(3, 2, chunk(1, "///a", 90), chunk(2, "///a", 80), chunk(3, "///b", 20))));
    }

    @Test
    void threeReplicasGoToThreeBricksWhereThereAreThree() {
        assertEquals(
                List.of(1, 4, 5),
                ids(place(
                        3,
                        2,
                        chunk(1, "//b1/n1", 90),
                        chunk(2, "//b1/n2", 90),
                        chunk(3, "//b1/n3", 90),
                        chunk(4, "//b2/n4", 30),
                        chunk(5, "//b3/n5", 20))));
    }

    @Test
    void zonesAndRacksAreSpreadBeforeBricks() {
        assertEquals(
                List.of(1, 3, 2),
                ids(place(
                        3,
                        2,
                        chunk(1, "z1/r1/b1/n1", 90),
                        chunk(2, "z1/r2/b2/n2", 80),
                        chunk(3, "z2/r3/b3/n3", 20),
                        chunk(4, "z1/r1/b4/n4", 90))));
    }

    @Test
    void slowChunksAreTakenOnlyWhereTheWidthNeedsThem() {
        var slow = slow(chunk(1, "///a", 99));
        assertEquals(List.of(3, 2), ids(place(2, 2, slow, chunk(2, "///b", 20), chunk(3, "///c", 30))));
        assertEquals(List.of(2, 1), ids(place(2, 2, slow, chunk(2, "///b", 20))));
    }

    @Test
    void withTooFewNodesItGoesDownToTheLeastWidthAndSaysSo() {
        var answer = place(3, 2, chunk(1, "///a", 50), chunk(2, "///b", 40), ineligible(chunk(3, "///c", 90)));
        assertEquals(List.of(1, 2), ids(answer));
        assertTrue(((Placement.Chosen) answer).why().contains("only 2 of 3"));
    }

    @Test
    void belowTheLeastWidthItRefusesByTheRuleThatLeftTooFew() {
        assertEquals(
                Placement.Rule.HEALTH,
                ((Placement.Refused) place(3, 2, chunk(1, "///a", 50), ineligible(chunk(2, "///b", 50)))).rule());
        assertEquals(
                Placement.Rule.FREE_SPACE,
                ((Placement.Refused) place(3, 2, chunk(1, "///a", 50), chunk(2, "///b", 9))).rule());
        assertEquals(
                Placement.Rule.FAILURE_DOMAIN,
                ((Placement.Refused) place(3, 2, chunk(1, "///a", 50), chunk(2, "///a", 50))).rule());
    }

    @Test
    void aBatchSpreadsOverEqualChunks() {
        var counts = new TreeMap<Integer, Integer>();
        var request = new PlacementRequest(2, 2, 1, Optional.empty());
        var view = new ClusterView(
                1, List.of(chunk(1, "///a", 90), chunk(2, "///b", 90), chunk(3, "///c", 90), chunk(4, "///d", 90)));
        for (var answer : placement.place(Collections.nCopies(20, request), view)) {
            ids(answer).forEach(id -> counts.merge(id, 1, Integer::sum));
        }
        assertEquals(List.of(10, 10, 10, 10), List.copyOf(counts.values()));
    }
}
