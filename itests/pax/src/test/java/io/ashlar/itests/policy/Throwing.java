package io.ashlar.itests.policy;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.base.ChunkId;
import java.util.List;

/// Passes its trial, which shows it six chunks, and throws when it is asked about a small cluster.
public final class Throwing implements PlacementPolicy {

    private static final int TRIAL = 6;

    @Override
    public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        if (view.chunks().size() < TRIAL) {
            throw new UnsupportedOperationException("too small a cluster for me");
        }
        return batch.stream()
                .<Placement>map(request -> new Placement.Chosen(
                        List.of(new ChunkId(1), new ChunkId(2), new ChunkId(3)), "the first three"))
                .toList();
    }
}
