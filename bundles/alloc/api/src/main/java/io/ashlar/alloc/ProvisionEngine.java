package io.ashlar.alloc;

import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// Asks the named provision policy, with the same guard as [PlacementEngine].
@ProviderType
public interface ProvisionEngine {
    Provision provision(String policyName, ProvisionRequest request);

    List<PolicyInfo> policies();
}
