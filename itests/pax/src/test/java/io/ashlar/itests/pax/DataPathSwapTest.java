package io.ashlar.itests.pax;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
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

/// Parts of a node are stopped, started and updated while a client writes and verifies over NBD: it sees latency, no
/// error.
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerSuite.class)
public class DataPathSwapTest {

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
    public void theMetadataStoreIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.meta.leveldb");
    }

    @Test
    public void theProvisionPolicyIsUpdated() throws BundleException, IOException, InterruptedException {
        updated("io.ashlar.alloc.thin");
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

    @Test
    public void replacingTheFrontendCutsItsConnectionsAndKeepsWhatWasAcknowledged()
            throws BundleException, IOException {
        var volume = Volumes.create("cut", 1, "even");
        var sector = new byte[Disk.SECTOR];
        Arrays.fill(sector, (byte) 7);
        var bundle = Live.bundle("io.ashlar.access.nbd");
        var connection = new NbdDisk(volume);
        connection.write(0, sector);
        bundle.stop();
        try {
            assertThrows(IOException.class, () -> connection.read(0));
        } finally {
            bundle.start();
        }
        Live.await(() -> "the frontend to listen again", DataPathSwapTest::listens);
        try (var anew = new NbdDisk(volume)) {
            assertArrayEquals(sector, anew.read(0));
        }
    }

    private static boolean listens() {
        try (var probe = new Socket(InetAddress.getLoopbackAddress(), Integer.getInteger("ashlar.port.nbd"))) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void stoppedAndStarted(String name) throws BundleException, IOException {
        try (var clients = new Clients("stop-" + name)) {
            var bundle = Live.bundle(name);
            bundle.stop();
            bundle.start();
            clients.awaitProgress(SOME);
            tell(name + " stopped and started", clients);
        }
    }

    private static void updated(String name) throws BundleException, IOException, InterruptedException {
        try (var clients = new Clients("update-" + name)) {
            var bundle = Live.bundle(name);
            try (InputStream jar = URI.create(bundle.getLocation()).toURL().openStream()) {
                bundle.update(jar);
            }
            refresh(bundle);
            clients.awaitProgress(SOME);
            tell(name + " updated", clients);
        }
        try (var clients = new Clients("after-" + name)) {
            clients.awaitProgress(1); // also what needs all the managers still works
        }
    }

    private static void writtenWithout(String name) throws BundleException, IOException {
        try (var clients = new Clients("without-" + name)) {
            var bundle = Live.bundle(name);
            bundle.stop();
            try {
                clients.awaitProgress(SOME);
            } finally {
                bundle.start();
            }
            clients.awaitProgress(SOME);
            tell(name + " away", clients);
        }
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

    private static void tell(String what, Clients clients) {
        System.out.println("itests: " + what + ": the longest read and write took " + clients.worstMillis() + " ms");
    }
}
