package io.ashlar.itests.policy;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.base.ChunkId;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Passes its trial, which shows it six chunks, and does not come back from a small cluster, interrupted or not, until
/// a system property is set.
public final class Hanging implements PlacementPolicy {

    public static final String LET_GO = "ashlar.itests.let.go";

    private static final int TRIAL = 6;

    @Override
    public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        while (view.chunks().size() < TRIAL && System.getProperty(LET_GO) == null) {
            Thread.interrupted();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return batch.stream()
                .<Placement>map(request -> new Placement.Chosen(
                        List.of(new ChunkId(1), new ChunkId(2), new ChunkId(3)), "the first three"))
                .toList();
    }
}
