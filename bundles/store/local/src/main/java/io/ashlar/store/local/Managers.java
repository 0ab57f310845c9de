package io.ashlar.store.local;

import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.extent.ExtentManager;
import java.util.Optional;

/// The managers that are there now, if any: a chunk goes on without them (CM-34). Ask anew each time.
interface Managers {
    Optional<ClusterIdentity> identity();

    Optional<ChunkManager> chunks();

    Optional<ExtentManager> extents();
}
