package io.ashlar.chunk.manager;

import io.ashlar.alloc.PlacementEngine;
import io.ashlar.base.BootClock;
import io.ashlar.base.ChunkId;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.HeartbeatReply;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceRequest;
import io.ashlar.chunk.TopoObject;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.cluster.Leadership;
import io.ashlar.meta.MetaStore;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// The chunk manager's shell: there while this node leads, with a loop, a clock and the rule that nothing is answered
/// after the leader's own lease (S8).
@Component(service = ChunkManager.class, configurationPid = ElectedChunkManager.PID)
@Designate(ocd = ElectedChunkManager.Config.class)
public final class ElectedChunkManager implements ChunkManager {
    static final String PID = "io.ashlar.chunk.manager";

    private static final String THIS_LEADER = "(" + Leadership.SCOPE + "=" + Leadership.METADATA + ")";

    @ObjectClassDefinition(id = PID, name = "Chunk manager", description = "Knows the chunks and their space.")
    @interface Config {
        @AttributeDefinition(
                name = "Unhealthy after (milliseconds)",
                min = "100",
                description = "A chunk that is silent for so long is given no new segments.")
        long unhealthyMillis() default 3000;

        @AttributeDefinition(
                name = "Expired after (milliseconds)",
                min = "200",
                description = "A chunk that is silent for so long is taken for gone.")
        long expiredMillis() default 10_000;

        @AttributeDefinition(name = "Tick (milliseconds)", min = "10", description = "How often silences are judged.")
        long tickMillis() default 500;
    }

    private final Leadership leadership;
    private final Conductor conductor;
    private final ManagerLoop loop;

    @Activate
    public ElectedChunkManager(
            @Reference(name = "leadership", target = THIS_LEADER) Leadership leadership,
            @Reference(name = "store") MetaStore store,
            @Reference(name = "placement") PlacementPort placement,
            @Reference(name = "identity") ClusterIdentity identity,
            Config config) {
        this(
                leadership,
                store,
                placement,
                identity.clusterUuid(),
                new Settings(
                        new ChunkSession.Limits(config.unhealthyMillis(), config.expiredMillis()),
                        config.tickMillis(),
                        new BootClock()));
    }

    /// @param clock decides about silence
    record Settings(ChunkSession.Limits limits, long tickMillis, MonotonicClock clock) {}

    ElectedChunkManager(
            Leadership leadership, MetaStore store, PlacementEngine placement, UUID clusterUuid, Settings settings) {
        this.leadership = leadership;
        conductor = new Conductor(
                new TableStore(store), leadership.term(), clusterUuid, placement, settings.limits(), settings.clock());
        loop = new ManagerLoop(
                "ashlar-chunk-manager",
                settings.tickMillis(),
                () -> conductor.tick(settings.tickMillis()),
                conductor::idle);
    }

    @Deactivate
    void stop() {
        loop.close();
    }

    @Override
    public Outcome<ChunkId> register(ChunkRegistration registration) {
        return led(() -> conductor.register(registration));
    }

    @Override
    public Outcome<HeartbeatReply> heartbeat(ChunkReport report) {
        return led(() -> conductor.heartbeat(report));
    }

    @Override
    public void stopping(ChunkId id, String why) {
        led(() -> {
            conductor.stopping(id, why);
            return id;
        });
    }

    @Override
    public List<ChunkInfo> chunks() {
        requireLead();
        return conductor.published().chunks();
    }

    @Override
    public List<TopoObject> topology() {
        requireLead();
        return conductor.published().topology();
    }

    @Override
    public Outcome<TopoObject> createTopo(TopoObject.Kind kind, String name, long parentId) {
        return led(() -> conductor.createTopo(kind, name, parentId));
    }

    @Override
    public Outcome<TopoObject> updateTopo(long topoId, String name, long parentId) {
        return led(() -> conductor.updateTopo(topoId, name, parentId));
    }

    @Override
    public Outcome<TopoObject> deleteTopo(long topoId) {
        return led(() -> conductor.deleteTopo(topoId));
    }

    @Override
    public Outcome<List<SpaceReply>> reserve(SpaceRequest request) {
        return led(() -> conductor.reserve(request));
    }

    @Override
    public Map<ChunkId, Long> report(SpaceReport report) {
        return led(() -> conductor.report(report));
    }

    /// Works on the loop, and answers only if this node led from before until after: a pause in between may have cost
    /// the lease.
    private <R> R led(Supplier<R> call) {
        requireLead();
        R result = loop.call(call);
        requireLead();
        return result;
    }

    private void requireLead() {
        if (!leadership.valid()) {
            throw new StorageException.StaleEpoch("this node does not lead the metadata any more");
        }
    }
}
