package io.ashlar.alloc.even;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.kit.PlacementContract;
import io.ashlar.base.ChunkId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EvenPlacementTest {
    private final EvenPlacement byNode = new EvenPlacement(10, Domain.NODE);

    /// Chunk i on node n(i), of 100 bytes with as many free as said.
    private static ClusterView free(long... freeBytes) {
        var chunks = new ArrayList<Chunk>();
        for (int i = 1; i <= freeBytes.length; i++) {
            chunks.add(new Chunk(new ChunkId(i), "", "", "", "n" + i, true, false, 100, 100 - freeBytes[i - 1]));
        }
        return new ClusterView(1, chunks);
    }

    private static PlacementRequest request(int width, long bytes) {
        return new PlacementRequest(width, 1, bytes, Optional.empty());
    }

    private static List<Integer> chosen(Placement placement) {
        return assertInstanceOf(Placement.Chosen.class, placement).chunks().stream()
                .map(ChunkId::value)
                .toList();
    }

    @Test
    void theContractHoldsForEveryDomainAndFloor() {
        for (var domain : Domain.values()) {
            for (int floor : new int[] {0, 10, 100}) {
                var placement = new EvenPlacement(floor, domain);
                assertEquals(List.of(), PlacementContract.check(placement::place), domain + " " + floor);
            }
        }
        assertEquals(List.of(), PlacementContract.check(new PlainEvenPolicy()));
    }

    @Test
    void theEmptiestChunksComeFirst() {
        assertEquals(
                List.of(3, 1),
                chosen(byNode.place(List.of(request(2, 1)), free(50, 20, 90)).getFirst()));
    }

    @Test
    void equalChunksAreTakenById() {
        assertEquals(
                List.of(1, 2),
                chosen(byNode.place(List.of(request(2, 1)), free(50, 50, 50)).getFirst()));
    }

    @Test
    void aBatchFillsEqualChunksEvenly() {
        var counts = new TreeMap<Integer, Integer>();
        for (var answer : byNode.place(Collections.nCopies(30, request(2, 1)), free(90, 90, 90, 90, 90, 90))) {
            chosen(answer).forEach(id -> counts.merge(id, 1, Integer::sum));
        }
        assertEquals(List.of(10, 10, 10, 10, 10, 10), List.copyOf(counts.values()));
    }

    @Test
    void largeChunksDifferByAnExtentThoughItIsNoWholePercent() {
        long tera = 1L << 40;
        var chunks = LongStream.rangeClosed(1, 2)
                .mapToObj(i -> new Chunk(new ChunkId((int) i), "", "", "", "n" + i, true, false, 100 * tera, 0))
                .toList();
        var answers = byNode.place(Collections.nCopies(4, request(1, 1L << 28)), new ClusterView(1, chunks));
        assertEquals(
                List.of(1, 2, 1, 2),
                answers.stream().flatMap(answer -> chosen(answer).stream()).toList());
    }

    @Test
    void chunksBelowTheFloorAreTakenLastButBeforeAWriteFails() {
        assertEquals(
                List.of(2),
                chosen(byNode.place(List.of(request(1, 1)), free(9, 11)).getFirst()));
        assertEquals(
                List.of(2, 1),
                chosen(byNode.place(List.of(request(2, 1)), free(9, 11)).getFirst()));
    }

    @Test
    void copiesAreKeptApartByTheDomainWhileThereAreEnough() {
        var chunks = List.of(
                new Chunk(new ChunkId(1), "", "r1", "", "n1", true, false, 100, 0),
                new Chunk(new ChunkId(2), "", "r1", "", "n2", true, false, 100, 0),
                new Chunk(new ChunkId(3), "", "r2", "", "n3", true, false, 100, 80));
        var view = new ClusterView(1, chunks);
        assertEquals(
                List.of(1, 3),
                chosen(new EvenPlacement(0, Domain.RACK)
                        .place(List.of(request(2, 1)), view)
                        .getFirst()));
        assertEquals(
                List.of(1, 2), chosen(byNode.place(List.of(request(2, 1)), view).getFirst()));
        assertEquals(
                List.of(1, 3, 2),
                chosen(new EvenPlacement(0, Domain.RACK)
                        .place(List.of(request(3, 1)), view)
                        .getFirst()));
    }

    @Test
    void aRefusalNamesTheFirstRuleThatLeftTooFew() {
        var request = new PlacementRequest(3, 2, 50, Optional.empty());
        assertEquals(
                Placement.Rule.HEALTH,
                assertInstanceOf(
                                Placement.Refused.class,
                                byNode.place(List.of(request), free(90)).getFirst())
                        .rule());
        assertEquals(
                Placement.Rule.FREE_SPACE,
                assertInstanceOf(
                                Placement.Refused.class,
                                byNode.place(List.of(request), free(90, 49)).getFirst())
                        .rule());
        var oneNode = new ClusterView(
                1,
                List.of(
                        new Chunk(new ChunkId(1), "", "", "", "n", true, false, 100, 0),
                        new Chunk(new ChunkId(2), "", "", "", "n", true, false, 100, 0)));
        assertEquals(
                Placement.Rule.FAILURE_DOMAIN,
                assertInstanceOf(
                                Placement.Refused.class,
                                byNode.place(List.of(request), oneNode).getFirst())
                        .rule());
    }

    @Test
    void theDefaultsOfTheConfiguration() throws NoSuchMethodException {
        var config = EvenPolicy.Config.class;
        assertEquals("even", config.getDeclaredMethod("placement_name").getDefaultValue());
        assertEquals(10, config.getDeclaredMethod("freeFloorPercent").getDefaultValue());
        assertEquals(Domain.NODE, config.getDeclaredMethod("failureDomain").getDefaultValue());
        assertEquals("placement.name", PlacementPolicy.NAME);
    }
}
