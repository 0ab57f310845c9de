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

/// Lets the administrator in and then fails as only a bug does.
final class BrokenParts implements Parts {

    private final FakeWorld world = new FakeWorld();

    @Override
    public Optional<ClusterIdentity> identity() {
        return world.identity();
    }

    @Override
    public Optional<HealthService> health() {
        throw bug();
    }

    @Override
    public Optional<VolumeManager> volumes() {
        throw bug();
    }

    @Override
    public Optional<ExtentManager> extents() {
        throw bug();
    }

    @Override
    public Optional<ChunkManager> chunks() {
        throw bug();
    }

    @Override
    public Optional<VolumeAccess> access() {
        throw bug();
    }

    @Override
    public Optional<PlacementEngine> placements() {
        throw bug();
    }

    @Override
    public Optional<ProvisionEngine> provisions() {
        throw bug();
    }

    @Override
    public List<ChunkControl> controls() {
        throw bug();
    }

    private static IllegalStateException bug() {
        return new IllegalStateException("secret detail");
    }
}
