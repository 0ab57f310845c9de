package io.ashlar.extent.manager;

import io.ashlar.base.BootClock;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.Leadership;
import io.ashlar.extent.ExtentManager;
import io.ashlar.meta.MetaStore;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OSGi face of the extent manager: there while this node leads; gives it a clock, a configuration and the thread of
/// its regular work.
@Component(service = ExtentManager.class, immediate = true, configurationPid = ExtentManagerComponent.PID)
@Designate(ocd = ExtentManagerComponent.Config.class)
public final class ExtentManagerComponent extends ExtentService {
    static final String PID = "io.ashlar.extent.manager";

    private static final long STOP_WAIT_MILLIS = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(ExtentManagerComponent.class);

    @ObjectClassDefinition(id = PID, name = "Extent manager", description = "Leases and space reports of extents.")
    @interface Config {
        @AttributeDefinition(
                name = "Lease period (ms)",
                description = "How long a session's leases last without a renewal. A fail-over waits as long.",
                min = "1000")
        long leaseMillis() default 10_000;

        @AttributeDefinition(
                name = "Lease margin (ms)",
                description =
                        "What the manager waits beyond the period, for the difference of two machines' clock rates.",
                min = "100")
        long leaseMarginMillis() default 1_000;

        @AttributeDefinition(
                name = "Report interval (ms)",
                description = "How often held space is reported.",
                min = "100")
        long reportMillis() default 2_000;

        @AttributeDefinition(
                name = "Reserve timeout (ms)",
                description = "How long a request for space may take; a later answer is not used.",
                min = "100")
        long reserveTimeoutMillis() default 5_000;
    }

    private final long reportMillis;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    @Activate
    public ExtentManagerComponent(
            @Reference(name = "leadership", target = "(" + Leadership.SCOPE + "=" + Leadership.METADATA + ")")
                    Leadership leadership,
            @Reference(name = "store") MetaStore store,
            @Reference(name = "chunks") ChunkManager chunks,
            @Reference(name = "provisions") ProvisionPort provisions,
            Config config) {
        super(
                new World(leadership, store, chunks, provisions, new BootClock(), ExtentManagerComponent::provenGone),
                new Settings(config.leaseMillis(), config.leaseMarginMillis(), config.reserveTimeoutMillis()));
        this.reportMillis = config.reportMillis();
        this.thread = Thread.ofPlatform().name("extent-manager").daemon().start(this::run);
        LOG.info("extent manager leads in term {}", leadership.term());
    }

    private static boolean provenGone(ProcessIdentity process) {
        try {
            return process.provenGone();
        } catch (UncheckedIOException e) {
            LOG.warn("cannot tell whether process {} has ended; its leases are waited out", process.pid(), e);
            return false;
        }
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        stopped.countDown();
        boolean drained = end("the extent manager of this node has stopped", STOP_WAIT_MILLIS);
        thread.join(STOP_WAIT_MILLIS); // not interrupted: that would close the files of the store under it
        if (!drained || thread.isAlive()) {
            LOG.warn(
                    "the extent manager has stopped, but the store or the chunk manager has not answered its last call");
        }
    }

    private void run() {
        boolean healthy = true;
        while (!hasEnded()) {
            try {
                tick();
                if (!healthy) {
                    LOG.info("the extent manager's regular work goes on");
                }
                healthy = true;
            } catch (StorageException e) {
                if (healthy && !hasEnded()) {
                    LOG.warn("the extent manager's regular work failed and is tried again", e);
                }
                healthy = false;
            } catch (RuntimeException e) {
                LOG.error("a bug in the extent manager's regular work", e);
            }
            if (!pause()) {
                return;
            }
        }
    }

    /// @return false when the component stops
    private boolean pause() {
        try {
            return !stopped.await(reportMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }
}
