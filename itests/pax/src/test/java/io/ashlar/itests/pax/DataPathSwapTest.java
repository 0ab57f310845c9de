package io.ashlar.itests.pax;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerSuite;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/// Parts of a node are stopped, started and updated while a client writes and verifies over NBD: it sees latency, no error.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerSuite.class)
public class DataPathSwapTest {

    private static final int EXTENTS = 8;
    private static final int SOME = 50;

    @Test
    public void theDataPathIsStoppedAndStarted() throws BundleException, IOException {
        stoppedAndStarted("io.ashlar.access.io");
    }

    @Test
    public void theDataPathIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.access.io");
    }

    @Test
    public void thePolicyEngineIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.alloc.engine");
    }

    @Test
    public void theVolumeManagerIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.volume.manager");
    }

    @Test
    public void theExtentManagerIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.extent.manager");
    }

    @Test
    public void theChunkManagerIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.chunk.manager");
    }

    @Test
    public void theRestApiIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.ops.rest");
    }

    @Test
    public void leasedExtentsAreWrittenWithoutTheExtentManager() throws BundleException, IOException {
        writtenWithout("io.ashlar.extent.manager");
    }

    @Test
    public void leasedExtentsAreWrittenWithoutTheChunkManager() throws BundleException, IOException {
        writtenWithout("io.ashlar.chunk.manager");
    }

    @Test
    public void leasedExtentsAreWrittenWithoutTheVolumeManager() throws BundleException, IOException {
        writtenWithout("io.ashlar.volume.manager");
    }

    @Test
    public void leasedExtentsAreWrittenWithoutThePolicyEngine() throws BundleException, IOException {
        writtenWithout("io.ashlar.alloc.engine");
    }

    private static void stoppedAndStarted(String name) throws BundleException, IOException {
        try (var load = load("stop-" + name)) {
            var bundle = Live.bundle(name);
            bundle.stop();
            bundle.start();
            load.awaitProgress(SOME);
            tell(name + " stopped and started", load);
        }
    }

    private static void updated(String name) throws BundleException, IOException, InterruptedException {
        try (var load = load("update-" + name)) {
            var bundle = Live.bundle(name);
            try (InputStream jar = URI.create(bundle.getLocation()).toURL().openStream()) {
                bundle.update(jar);
            }
            refresh(bundle);
            load.awaitProgress(SOME);
            tell(name + " updated", load);
        }
        var after = Volumes.create("after-" + name, 1, "even");
        try (var load = new Load(new NbdDisk(after), 1)) {
            load.awaitProgress(1); // what needs all the managers still works
        }
    }

    private static void writtenWithout(String name) throws BundleException, IOException {
        try (var load = load("without-" + name)) {
            var bundle = Live.bundle(name);
            bundle.stop();
            try {
                load.awaitProgress(SOME);
            } finally {
                bundle.start();
            }
            load.awaitProgress(SOME);
            tell(name + " away", load);
        }
    }

    /// A client that has touched all of its extents.
    private static Load load(String name) throws IOException {
        var load = new Load(new NbdDisk(Volumes.create(name, EXTENTS, "even")), EXTENTS);
        load.awaitAllTouched();
        load.worstMillis();
        return load;
    }

    private static void refresh(Bundle bundle) throws InterruptedException {
        var done = new CountDownLatch(1);
        var wiring = Live.context().getBundle(0).adapt(FrameworkWiring.class);
        wiring.refreshBundles(List.of(bundle), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
            }
        });
        if (!done.await(40, TimeUnit.SECONDS)) {
            throw new AssertionError(bundle + " is not refreshed");
        }
    }

    private static void tell(String what, Load load) {
        System.out.println("itests: " + what + ": the longest write took " + load.worstMillis() + " ms");
    }
}
