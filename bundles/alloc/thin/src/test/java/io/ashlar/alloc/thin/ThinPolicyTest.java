package io.ashlar.alloc.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.alloc.kit.ProvisionContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThinPolicyTest {
    private final ThinPolicy policy = new ThinPolicy();

    @Test
    void theContractHolds() {
        assertEquals(List.of(), ProvisionContract.check(policy));
    }

    @Test
    void itCountsAsItsNameSays() {
        assertEquals(
                new Provision(false, 5, 100, "thin: on first write, as much as is used"),
                policy.provision(new ProvisionRequest(100, 5)));
    }
}
