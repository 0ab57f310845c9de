package io.ashlar.itests.pax;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.itests.policy.Garbage;
import io.ashlar.itests.policy.Hanging;
import io.ashlar.itests.policy.Spread;
import io.ashlar.itests.policy.Throwing;
import java.io.IOException;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerSuite;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/// Placement policies come, are replaced, go and go wrong while a client writes to ever new extents.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerSuite.class)
public class PolicySwapTest {

    private static final int EXTENTS = 600;

    @Test
    public void theNewestVersionPlacesAndTheDefaultWhenAllAreGone() throws BundleException, IOException {
        var first = install(Spread.class, "demo-swap", "1.0.0");
        var volume = Volumes.create("swap", EXTENTS, "demo-swap");
        try (var load = new Load(new HandleDisk(volume), 0, EXTENTS)) {
            awaitPlacedBy(load, volume, "demo-swap/1.0.0");

            var second = install(Spread.class, "demo-swap", "2.0.0");
            awaitPlacedBy(load, volume, "demo-swap/2.0.0");

            first.uninstall();
            int before = Volumes.placed(volume).size();
            awaitPlaced(load, volume, before + 5);
            assertTrue(Volumes.policies(volume).toString(), Volumes.lastPlacedBy(volume, "demo-swap/2.0.0"));

            second.uninstall();
            awaitPlacedBy(load, volume, PlacementEngine.DEFAULT);
        }
        assertEquals(List.of("demo-swap/1.0.0", "demo-swap/2.0.0", PlacementEngine.DEFAULT), Volumes.policies(volume));
    }

    @Test
    public void theOlderVersionServesAgainWhenTheNewerIsTakenBack() throws BundleException, IOException {
        var first = install(Spread.class, "demo-back", "1.0.0");
        var second = install(Spread.class, "demo-back", "1.1.0");
        var volume = Volumes.create("back", EXTENTS, "demo-back");
        try (var load = new Load(new HandleDisk(volume), 0, EXTENTS)) {
            awaitPlacedBy(load, volume, "demo-back/1.1.0");
            second.uninstall();
            awaitPlacedBy(load, volume, "demo-back/1.0.0");
        }
        first.uninstall();
        assertEquals(List.of("demo-back/1.1.0", "demo-back/1.0.0"), Volumes.policies(volume));
    }

    @Test
    public void aPolicyThatThrowsIsQuarantinedAndWritesGoOn() throws BundleException, IOException {
        goesWrong(Throwing.class, "demo-throws");
    }

    @Test
    public void aPolicyThatAnswersGarbageIsQuarantinedAndWritesGoOn() throws BundleException, IOException {
        goesWrong(Garbage.class, "demo-garbage");
    }

    @Test
    public void aPolicyThatHangsIsQuarantinedAndWritesGoOn() throws BundleException, IOException {
        try {
            goesWrong(Hanging.class, "demo-hangs");
        } finally {
            System.setProperty(Hanging.LET_GO, "now");
        }
    }

    private static void goesWrong(Class<? extends PlacementPolicy> type, String name)
            throws BundleException, IOException {
        var bad = install(type, name, "1.0.0");
        assertEquals("its trial", "", info(name, "1.0.0").quarantined());
        var volume = Volumes.create(name, EXTENTS, name);
        Bundle good;
        try (var load = new Load(new HandleDisk(volume), 0, EXTENTS)) {
            Live.await(() -> name + " in quarantine: " + info(name, "1.0.0"), () -> {
                load.check();
                return !info(name, "1.0.0").quarantined().isEmpty();
            });
            awaitPlacedBy(load, volume, PlacementEngine.DEFAULT);
            good = install(Spread.class, name, "1.0.1");
            awaitPlacedBy(load, volume, name + "/1.0.1");
            bad.uninstall();
            load.awaitProgress(20);
        }
        assertEquals(List.of(PlacementEngine.DEFAULT, name + "/1.0.1"), Volumes.policies(volume));
        good.uninstall();
    }

    private static Bundle install(Class<? extends PlacementPolicy> type, String name, String version)
            throws BundleException {
        var bundle = Live.context().installBundle("itests:" + name + "/" + version, Jars.policy(type, name, version));
        bundle.start();
        Live.await(
                () -> name + "/" + version + " among " + engine().policies(),
                () -> engine().policies().stream().anyMatch(policy -> is(policy, name, version)));
        return bundle;
    }

    private static PlacementEngine engine() {
        return Live.service(PlacementEngine.class);
    }

    private static PolicyInfo info(String name, String version) {
        return engine().policies().stream()
                .filter(policy -> is(policy, name, version))
                .findFirst()
                .orElseThrow();
    }

    private static boolean is(PolicyInfo policy, String name, String version) {
        return policy.name().equals(name) && policy.version().equals(version);
    }

    private static void awaitPlacedBy(Load load, String volume, String policy) {
        Live.await(() -> policy + " to place; so far " + Volumes.policies(volume), () -> {
            load.check();
            return Volumes.lastPlacedBy(volume, policy);
        });
    }

    private static void awaitPlaced(Load load, String volume, int extents) {
        Live.await(() -> extents + " extents", () -> {
            load.check();
            return Volumes.placed(volume).size() >= extents;
        });
    }
}
