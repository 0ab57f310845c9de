package io.ashlar.alloc;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// Asks the named placement policy, checks its answers against the hard rules, and answers by the built-in default
/// where the policy is absent, late, throwing or wrong. A caller never sees "no policy".
///
/// **Thread:** any; blocks for at most the policies' time bound (50 ms) plus the default's own time.
@ProviderType
public interface PlacementEngine {
    /// The name of the built-in policy.
    String DEFAULT = "default";

    /// @return one checked decision a request, in order
    List<PlacementDecision> place(String policyName, List<PlacementRequest> batch, ClusterView view);

    /// @return every policy that is there or was quarantined, and the built-in default; sorted by name, then version
    List<PolicyInfo> policies();
}
