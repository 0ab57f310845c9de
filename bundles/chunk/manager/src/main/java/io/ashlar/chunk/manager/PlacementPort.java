package io.ashlar.chunk.manager;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.base.StorageException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The placement engine that is there at the moment. It can be replaced while the manager goes on leading: a manager
/// that was made anew for it would take leases and sessions along. While there is none, only allocations fail, and may
/// be tried again.
@Component(service = PlacementPort.class)
public final class PlacementPort implements PlacementEngine {
    private final AtomicReference<PlacementEngine> engine = new AtomicReference<>();

    @Reference(
            name = "engine",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindEngine(PlacementEngine next) {
        engine.set(next);
    }

    /// The successor is bound before the predecessor is unbound, and must stay.
    void unbindEngine(PlacementEngine gone) {
        engine.compareAndSet(gone, null);
    }

    @Override
    public List<PlacementDecision> place(String policyName, List<PlacementRequest> batch, ClusterView view) {
        return present().place(policyName, batch, view);
    }

    @Override
    public List<PolicyInfo> policies() {
        return present().policies();
    }

    private PlacementEngine present() {
        var now = engine.get();
        if (now == null) {
            throw new StorageException.Unavailable("the placement engine is not here; is it being replaced?");
        }
        return now;
    }
}
