package io.ashlar.itests.policy;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.base.ChunkId;
import java.util.List;

/// Passes its trial, which has six chunks; what it always chooses is not there in a cluster of three.
public final class Garbage implements PlacementPolicy {

    @Override
    public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        return batch.stream()
                .<Placement>map(request ->
                        new Placement.Chosen(List.of(new ChunkId(4), new ChunkId(5), new ChunkId(6)), "always these"))
                .toList();
    }
}
