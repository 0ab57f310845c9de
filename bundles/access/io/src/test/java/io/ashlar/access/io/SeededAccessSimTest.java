package io.ashlar.access.io;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.ashlar.store.SegmentAdvance;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The owners of extents in hundreds of worlds that go wrong in different ways. Repeat one with
/// `mvn -pl bundles/access/io -am verify -Dtest=SeededAccessSimTest -Dsim.seed=4711
/// -Dsurefire.failIfNoSpecifiedTests=false`.
class SeededAccessSimTest {
    private static final int SEEDS = 600;
    private static final int SEEDS_FOR_A_MUTANT = 3_000;

    @Test
    void noHistoryBreaksAnInvariant() {
        Long only = Long.getLong("sim.seed");
        long from = only != null ? only : 1;
        long to = only != null ? only : Integer.getInteger("sim.seeds", SEEDS);
        Map<SimCluster.Count, Integer> sums = new EnumMap<>(SimCluster.Count.class);
        for (long seed = from; seed <= to; seed++) {
            var cluster = new SimCluster(seed, SimCluster.Mutant.NONE);
            try {
                cluster.run();
            } catch (SimCluster.Violation | RuntimeException e) {
                fail("seed " + seed + ": " + e + "\n" + cluster.journal(), e);
            }
            cluster.counts.forEach((what, count) -> sums.merge(what, count, Integer::sum));
        }
        System.out.println("simulated " + (to - from + 1) + " worlds: " + sums);
        if (only == null) {
            for (var what : SimCluster.Count.values()) {
                assertTrue(sums.getOrDefault(what, 0) > to / 3, "too little happened: " + sums);
            }
        }
    }

    @Test
    void aCrashOfEverythingCostsNoReplica() {
        Long only = Long.getLong("sim.seed");
        long from = only != null ? only : 1;
        long to = only != null ? only : Integer.getInteger("sim.seeds", SEEDS) / 2;
        int broughtUp = 0;
        for (long seed = from; seed <= to; seed++) {
            var cluster = new SimCluster(seed, SimCluster.Mutant.NONE);
            cluster.remember(2 * SegmentAdvance.MAX_PATCHES);
            try {
                cluster.runCrashes();
            } catch (SimCluster.Violation | RuntimeException e) {
                fail("seed " + seed + ": " + e + "\n" + cluster.journal(), e);
            }
            broughtUp += cluster.counts.getOrDefault(SimCluster.Count.BROUGHT_UP, 0);
        }
        System.out.println((to - from + 1) + " worlds died " + SimCluster.CRASHES + " times each; segments brought up: "
                + broughtUp);
        assertTrue(only != null || broughtUp > to, "too little happened: " + broughtUp);
    }

    @Test
    void withoutAMemoryOfTheirLastWritesACrashCostsReplicas() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            var cluster = new SimCluster(seed, SimCluster.Mutant.NONE);
            cluster.remember(0);
            try {
                cluster.runCrashes();
            } catch (SimCluster.Violation e) {
                assertTrue(e.getMessage().contains("lost a replica by a crash"), e.getMessage());
                return;
            }
        }
        fail("nothing was lost in " + SEEDS + " worlds");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsSeen(SimCluster.Mutant mutant) {
        for (long seed = 1; seed <= SEEDS_FOR_A_MUTANT; seed++) {
            try {
                new SimCluster(seed, mutant).run();
            } catch (SimCluster.Violation e) {
                System.out.println(mutant + " is seen with seed " + seed + ": " + e.getMessage());
                return;
            }
        }
        fail("no seed of " + SEEDS_FOR_A_MUTANT + " shows " + mutant);
    }
}
