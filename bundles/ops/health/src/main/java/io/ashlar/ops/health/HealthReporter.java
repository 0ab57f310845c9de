package io.ashlar.ops.health;

import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.cluster.Membership;
import io.ashlar.extent.ExtentManager;
import io.ashlar.ops.ClusterStatus;
import io.ashlar.ops.HealthService;
import io.ashlar.store.ChunkControl;
import io.ashlar.volume.VolumeManager;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// Gathers a [Snapshot] from whatever parts are there now and has it judged. It never waits for a part to come: an
/// absent one is a finding.
@Component(service = HealthService.class)
public final class HealthReporter implements HealthService {

    private static final long DEADLINE_MILLIS = 900;

    private final BundleContext context;
    private final Probe members = new Probe();
    private final Probe chunkProbe = new Probe();
    private final Probe extentProbe = new Probe();
    private final Probe volumeProbe = new Probe();
    private final List<ChunkControl> controls = new CopyOnWriteArrayList<>();

    @Reference(name = "identity", cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile ClusterIdentity identity;

    @Reference(name = "membership", cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile Membership membership;

    @Reference(
            name = "chunks",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ChunkManager chunkManager;

    @Reference(
            name = "extents",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ExtentManager extentManager;

    @Reference(
            name = "volumes",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile VolumeManager volumeManager;

    @Reference(name = "configurations", cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile ConfigurationAdmin configurations;

    @Activate
    public HealthReporter(BundleContext context) {
        this.context = context;
    }

    @Reference(name = "controls", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addControl(ChunkControl control) {
        controls.add(control);
    }

    void removeControl(ChunkControl control) {
        controls.remove(control);
    }

    @Override
    public ClusterStatus status() {
        return Health.assess(snapshot());
    }

    /// All questions are asked first, then the answers are waited for together.
    private Snapshot snapshot() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DEADLINE_MILLIS);
        var self = members.ask(membership, Membership::self);
        var everybody = members.ask(membership, Membership::members);
        var chunks = chunkProbe.ask(chunkManager, ChunkManager::chunks);
        var topology = chunkProbe.ask(chunkManager, ChunkManager::topology);
        var extents = extentProbe.ask(extentManager, ExtentManager::totals);
        var pools = volumeProbe.ask(volumeManager, manager -> manager.pools().size());
        var known = identity;
        Snapshot.Part<Snapshot.Identity> who = known == null
                ? new Snapshot.Part.Absent<>()
                : new Snapshot.Part.Answered<>(
                        new Snapshot.Identity(known.clusterUuid().toString(), known.nodeName()));
        return new Snapshot(
                who,
                ProcessHandle.current().pid(),
                self.by(deadline),
                everybody.by(deadline),
                chunks.by(deadline),
                topology.by(deadline),
                extents.by(deadline),
                pools.by(deadline),
                controls.stream().map(HealthReporter::seen).toList(),
                EndpointsFinder.find(configurations, context));
    }

    private static Snapshot.Control seen(ChunkControl control) {
        return new Snapshot.Control(
                control.id(),
                control.nodeName(),
                control.state(),
                control.trouble().orElse(""));
    }
}
