package io.ashlar.ops.rest;

import io.ashlar.access.VolumeAccess;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.extent.ExtentManager;
import io.ashlar.ops.HealthService;
import io.ashlar.store.ChunkControl;
import io.ashlar.volume.VolumeManager;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The parts as services of the framework: each is there, or not, at every moment anew.
@Component(service = Parts.class)
public final class LiveParts implements Parts {

    private final List<ChunkControl> controls = new CopyOnWriteArrayList<>();

    @Reference(name = "identity", cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile ClusterIdentity identityService;

    @Reference(
            name = "health",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile HealthService healthService;

    @Reference(
            name = "volumes",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile VolumeManager volumeManager;

    @Reference(
            name = "extents",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ExtentManager extentManager;

    @Reference(
            name = "chunks",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ChunkManager chunkManager;

    @Reference(
            name = "access",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile VolumeAccess volumeAccess;

    @Reference(
            name = "placements",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile PlacementEngine placementEngine;

    @Reference(
            name = "provisions",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile ProvisionEngine provisionEngine;

    @Reference(name = "controls", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addControl(ChunkControl control) {
        controls.add(control);
    }

    void removeControl(ChunkControl control) {
        controls.remove(control);
    }

    @Override
    public Optional<ClusterIdentity> identity() {
        return Optional.ofNullable(identityService);
    }

    @Override
    public Optional<HealthService> health() {
        return Optional.ofNullable(healthService);
    }

    @Override
    public Optional<VolumeManager> volumes() {
        return Optional.ofNullable(volumeManager);
    }

    @Override
    public Optional<ExtentManager> extents() {
        return Optional.ofNullable(extentManager);
    }

    @Override
    public Optional<ChunkManager> chunks() {
        return Optional.ofNullable(chunkManager);
    }

    @Override
    public Optional<VolumeAccess> access() {
        return Optional.ofNullable(volumeAccess);
    }

    @Override
    public Optional<PlacementEngine> placements() {
        return Optional.ofNullable(placementEngine);
    }

    @Override
    public Optional<ProvisionEngine> provisions() {
        return Optional.ofNullable(provisionEngine);
    }

    @Override
    public List<ChunkControl> controls() {
        return List.copyOf(controls);
    }
}
