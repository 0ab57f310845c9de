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

/// The parts of the cluster that are reachable from here now; any may be absent at any time.
public interface Parts {

    Optional<ClusterIdentity> identity();

    Optional<HealthService> health();

    Optional<VolumeManager> volumes();

    Optional<ExtentManager> extents();

    Optional<ChunkManager> chunks();

    Optional<VolumeAccess> access();

    Optional<PlacementEngine> placements();

    Optional<ProvisionEngine> provisions();

    /// @return the chunk services of this process
    List<ChunkControl> controls();
}
