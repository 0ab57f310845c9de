package io.ashlar.volume.manager;

import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.base.StorageException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// Tells which policies there are at the moment. The engines can be replaced while the manager goes on leading; while
/// one is missing, only what names a policy fails, and may be tried again.
@Component(service = PolicyPort.class)
public final class PolicyPort {
    private final AtomicReference<PlacementEngine> placements = new AtomicReference<>();
    private final AtomicReference<ProvisionEngine> provisions = new AtomicReference<>();

    @Reference(
            name = "placements",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindPlacements(PlacementEngine next) {
        placements.set(next);
    }

    /// The successor is bound before the predecessor is unbound, and must stay.
    void unbindPlacements(PlacementEngine gone) {
        placements.compareAndSet(gone, null);
    }

    @Reference(
            name = "provisions",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindProvisions(ProvisionEngine next) {
        provisions.set(next);
    }

    void unbindProvisions(ProvisionEngine gone) {
        provisions.compareAndSet(gone, null);
    }

    List<PolicyInfo> placementPolicies() {
        return present("placement", placements).policies();
    }

    List<PolicyInfo> provisionPolicies() {
        return present("provision", provisions).policies();
    }

    private static <E> E present(String spi, AtomicReference<E> engine) {
        var now = engine.get();
        if (now == null) {
            throw new StorageException.Unavailable("the " + spi + " engine is not here; is it being replaced?");
        }
        return now;
    }
}
