package io.ashlar.ops.rest;

import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.base.ObjectName;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Refuses the name of a policy that is not there *when a pool or volume is made*: later it may come and go, and the
/// built-in default stands in for it, but a misspelt name would do so for ever.
final class PolicyNames {

    private final Parts parts;

    PolicyNames(Parts parts) {
        this.parts = parts;
    }

    void checkPlacement(Optional<String> name) {
        check("placement", name, parts.placements().map(PlacementEngine::policies));
    }

    void checkProvision(Optional<String> name) {
        check("provision", name, parts.provisions().map(ProvisionEngine::policies));
    }

    private static void check(String spi, Optional<String> name, Optional<List<PolicyInfo>> policies) {
        if (name.isEmpty() || policies.isEmpty()) {
            return;
        }
        var names = new TreeSet<String>();
        policies.get().forEach(policy -> names.add(policy.name()));
        if (!names.contains(name.get())) {
            throw Refused.invalid(
                    "there is no " + spi + " policy '" + ObjectName.printable(name.get()) + "'",
                    "there are: " + String.join(", ", names));
        }
    }
}
