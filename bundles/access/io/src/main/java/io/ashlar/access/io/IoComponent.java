package io.ashlar.access.io;

import io.ashlar.access.ExtentReport;
import io.ashlar.access.VolumeAccess;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.BootClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.extent.ExtentManager;
import io.ashlar.store.ChunkStore;
import io.ashlar.volume.VolumeManager;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OSGi face of [DataPath]: follows the managers and chunks as they come and go.
@Component(configurationPid = IoComponent.PID, immediate = true, service = VolumeAccess.class)
@Designate(ocd = IoComponent.Config.class)
public final class IoComponent implements VolumeAccess {
    static final String PID = "io.ashlar.access.io";
    private static final Logger LOG = LoggerFactory.getLogger(IoComponent.class);
    private static final long STATES_NANOS = TimeUnit.SECONDS.toNanos(1);

    @ObjectClassDefinition(
            id = PID,
            name = "Data path",
            description = "How requests reach the replicas of their extents.")
    @interface Config {
        @AttributeDefinition(name = "Loops", min = "1", max = "64", description = "Threads that share the extents.")
        int loops() default 2;

        @AttributeDefinition(
                name = "Request timeout (ms)",
                min = "1000",
                description = "How long a request may wait for a lease, replicas or a manager before it fails.")
        long requestTimeoutMillis() default 30_000;

        @AttributeDefinition(
                name = "Write timeout (ms)",
                min = "100",
                description = "A replica that has not answered a write by then counts as failed.")
        long writeTimeoutMillis() default 5_000;

        @AttributeDefinition(
                name = "Read timeout (ms)",
                min = "100",
                description = "After it the next replica is read.")
        long readTimeoutMillis() default 5_000;

        @AttributeDefinition(
                name = "Fence timeout (ms)",
                min = "100",
                description = "A replica that has not answered a fence by then is left out of the sync.")
        long fenceTimeoutMillis() default 10_000;

        @AttributeDefinition(
                name = "Wait for a chunk (ms)",
                min = "0",
                description = "How long a sync waits for a chunk that is away but not known to be stopped.")
        long awaitChunkMillis() default 3_000;

        @AttributeDefinition(
                name = "Manager timeout (ms)",
                min = "1000",
                description = "After it a manager is asked again.")
        long managerTimeoutMillis() default 10_000;

        @AttributeDefinition(
                name = "Wait for room (ms)",
                min = "0",
                description = "How long the first write to an extent waits for a place before there is no space:"
                        + " what was taken lately counts whole until it has been measured.")
        long awaitRoomMillis() default 6_000;

        @AttributeDefinition(name = "Manager calls at a time", min = "1", max = "1024")
        int managerCalls() default 32;

        @AttributeDefinition(
                name = "Renewal interval (ms)",
                min = "100",
                description = "Between two renewals of the session.")
        long renewMillis() default 2_000;

        @AttributeDefinition(
                name = "Idle lease (s)",
                min = "1",
                description = "A lease unused for so long is given back.")
        long idleLeaseSeconds() default 3_600;

        @AttributeDefinition(
                name = "Closed lease (s)",
                min = "0",
                description = "The same for extents of volumes that nobody has open here any more.")
        long closedLeaseSeconds() default 10;

        @AttributeDefinition(
                name = "Cached extents",
                min = "1",
                description = "Leases kept when nothing is done under them.")
        int cachedExtents() default 8_192;

        @AttributeDefinition(name = "Requests in flight", min = "1", description = "More are refused.")
        int requestsInFlight() default 16_384;

        @AttributeDefinition(name = "Buffers (MiB)", min = "0", description = "Memory kept for the next reads.")
        long bufferMegabytes() default 64;

        @AttributeDefinition(
                name = "Room floor (MiB)",
                min = "0",
                description = "With less room on a chunk, writes that need a new block there fail with 'no space'.")
        long roomFloorMegabytes() default 16;

        @AttributeDefinition(
                name = "Stop timeout (ms)",
                min = "0",
                description = "How long a stop waits for requests in flight.")
        long stopTimeoutMillis() default 5_000;
    }

    private final Managers managers;
    private final Stores stores;
    private final DataPath path;
    private final Thread states;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean stopped;

    @Activate
    public IoComponent(Config config, @Reference(name = "identity") ClusterIdentity identity) {
        var settings = IoSettings.of(config);
        var clock = new BootClock();
        managers = new Managers(settings.managerCalls());
        stores = new Stores(clock, settings.roomFloorBytes());
        path = new DataPath(settings, stores, managers, clock, identity.nodeName(), ProcessIdentity.self());
        states = Thread.ofVirtual().name("ashlar-io-states").unstarted(this::followStates);
        path.start();
        states.start();
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        stopped = true;
        LockSupport.unpark(states);
        path.stop();
        states.join();
    }

    @Reference(
            name = "extents",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            unbind = "unbindExtents")
    void bindExtents(ExtentManager manager) {
        managers.extentsReference().set(manager);
        path.sessions().hurry();
    }

    void unbindExtents(ExtentManager manager) {
        managers.extentsReference().compareAndSet(manager, null);
    }

    @Reference(
            name = "volumes",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            unbind = "unbindVolumes")
    void bindVolumes(VolumeManager manager) {
        managers.volumesReference().set(manager);
        path.sessions().hurry();
    }

    void unbindVolumes(VolumeManager manager) {
        managers.volumesReference().compareAndSet(manager, null);
    }

    @Reference(
            name = "chunks",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY,
            unbind = "unbindChunks")
    void bindChunks(ChunkManager manager) {
        managers.chunksReference().set(manager);
    }

    void unbindChunks(ChunkManager manager) {
        managers.chunksReference().compareAndSet(manager, null);
    }

    @Reference(
            name = "stores",
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "unbindStore")
    void bindStore(ChunkStore store) {
        stores.add(store);
    }

    void unbindStore(ChunkStore store) {
        stores.remove(store);
        LockSupport.unpark(states);
    }

    /// Keeps an eye on which chunks are stopped, so that nobody waits for those.
    private void followStates() {
        while (!stopped) {
            if (managers.chunksReference().get() != null && asking.compareAndSet(false, true)) {
                managers.ask(
                        () -> managers.chunks().chunks(),
                        chunks -> {
                            stores.learn(chunks);
                            asking.set(false);
                        },
                        why -> {
                            LOG.debug("the states of the chunks are not known: {}", why);
                            asking.set(false);
                        });
            }
            LockSupport.parkNanos(this, STATES_NANOS);
        }
    }

    @Override
    public Outcome<VolumeHandle> open(String volume, String client) {
        return path.open(volume, client);
    }

    @Override
    public Outcome<List<String>> list() {
        return path.list();
    }

    @Override
    public Outcome<List<ExtentReport>> verify(String volume) {
        return path.verify(volume);
    }
}
