package io.ashlar.extent.manager;

import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.base.StorageException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The provision engine that is there at the moment. It can be replaced while the manager goes on leading: a manager
/// that was made anew for it would take all leases along. While there is none, only allocations fail, and may be tried
/// again.
@Component(service = ProvisionPort.class)
public final class ProvisionPort implements ProvisionEngine {
    private final AtomicReference<ProvisionEngine> engine = new AtomicReference<>();

    @Reference(
            name = "engine",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindEngine(ProvisionEngine next) {
        engine.set(next);
    }

    /// The successor is bound before the predecessor is unbound, and must stay.
    void unbindEngine(ProvisionEngine gone) {
        engine.compareAndSet(gone, null);
    }

    @Override
    public Provision provision(String policyName, ProvisionRequest request) {
        return present().provision(policyName, request);
    }

    @Override
    public List<PolicyInfo> policies() {
        return present().policies();
    }

    private ProvisionEngine present() {
        var now = engine.get();
        if (now == null) {
            throw new StorageException.Unavailable("the provision engine is not here; is it being replaced?");
        }
        return now;
    }
}
