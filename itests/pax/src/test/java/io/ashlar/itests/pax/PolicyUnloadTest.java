package io.ashlar.itests.pax;

import static org.junit.Assert.assertEquals;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Units;
import io.ashlar.itests.policy.Spread;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerSuite;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;

/// A policy that was taken out leaves nothing behind. `-Dashlar.itests.deployments=N` does it more often.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerSuite.class)
public class PolicyUnloadTest {

    private static final int TIMES = Integer.getInteger("ashlar.itests.deployments", 50);

    @Test
    public void noClassLoaderOfAPolicyStays() throws BundleException {
        var loaders = new ArrayList<WeakReference<ClassLoader>>();
        for (int i = 0; i < TIMES; i++) {
            loaders.add(deployUseAndRemove("1.0." + i));
        }
        Live.await(() -> alive(loaders) + " of " + TIMES + " class loaders to go", () -> {
            System.gc();
            return alive(loaders) == 0;
        });
    }

    private static WeakReference<ClassLoader> deployUseAndRemove(String version) throws BundleException {
        var bundle = Live.context()
                .installBundle("itests:unload/" + version, Jars.policy(Spread.class, "demo-unload", version));
        bundle.start();
        var engine = Live.service(PlacementEngine.class);
        Live.await(
                () -> "policy " + version,
                () -> engine.policies().stream()
                        .anyMatch(policy -> policy.name().equals("demo-unload")));
        var request = new PlacementRequest(1, 1, Units.EXTENT_BYTES, Optional.empty());
        assertEquals(
                "demo-unload/" + version,
                engine.place("demo-unload", List.of(request), view()).getFirst().policy());
        var loader = new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader());
        bundle.uninstall();
        return loader;
    }

    private static ClusterView view() {
        var chunk = new ClusterView.Chunk(new ChunkId(1), "", "", "", "n1", true, false, 64L * Units.EXTENT_BYTES, 0);
        return new ClusterView(1, List.of(chunk));
    }

    private static long alive(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }
}
