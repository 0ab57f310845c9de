package io.ashlar.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleException;

/// Starts one node and keeps it running until it is told to stop.
///
/// Exit status: 0 after an orderly stop, also one by SIGTERM or ^C; 1 when the start failed or the stop took too long.
public final class Launcher {

    /// Longer than this an orderly stop may not take; after it the process ends as after a crash.
    private static final long STOP_MILLIS = 20_000;

    private final Settings settings;
    private final RunFiles files;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Node node;

    private Launcher(Settings settings, RunFiles files) {
        this.settings = settings;
        this.files = files;
    }

    /// Runs a node; all settings are system properties, see [Settings].
    public static void main(String[] arguments) {
        try {
            var settings = Settings.from(System.getProperties());
            new Launcher(settings, RunFiles.lock(settings.data())).run();
        } catch (LaunchException e) {
            fail(e.getMessage());
        } catch (IOException | BundleException e) {
            fail("the start failed: " + e);
        } catch (InterruptedException e) {
            fail("interrupted");
        }
    }

    private static void fail(String message) {
        System.err.println("ashlar: " + message);
        Runtime.getRuntime().halt(1);
    }

    private void run() throws IOException, BundleException, InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "ashlar-stop"));
        boolean again;
        do {
            var features = settings.features().stream()
                    .map(name -> Feature.read(settings.featureFile(name)))
                    .toList();
            var plan = Plan.of(features, settings);
            files.write("ports", plan.ports());
            files.writePid();
            start(plan);
            again = node.awaitStop();
        } while (again);
        files.close();
        System.out.println("ashlar: stopped");
        ended.countDown();
        Runtime.getRuntime().halt(0);
    }

    private void start(Plan plan) throws BundleException, IOException {
        long begun = System.nanoTime();
        node = new Node(plan, settings.data(), System.out);
        node.start();
        var missing = node.notActive();
        System.out.println("ashlar: " + plan.bundles().size() + " bundles started in "
                + Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms"
                + (missing.isEmpty() ? "" : "; NOT started: " + String.join(", ", missing)));
    }

    /// Runs when the process is asked to end; the main thread meanwhile sees the framework stop and cleans up.
    private void stop() {
        var running = node;
        if (running == null) {
            return;
        }
        try {
            if (!running.stop(STOP_MILLIS) || !ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                fail("not stopped after " + STOP_MILLIS / 1000 + " s; ending as after a crash");
            }
            Runtime.getRuntime().halt(0); // else the status would be that of the signal
        } catch (BundleException | InterruptedException e) {
            fail("the stop failed: " + e);
        }
    }
}
