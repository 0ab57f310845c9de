package io.ashlar.alloc.thick;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.alloc.kit.ProvisionContract;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThickPolicyTest {
    private final ThickPolicy policy = new ThickPolicy();

    @Test
    void theContractHolds() {
        assertEquals(List.of(), ProvisionContract.check(policy));
    }

    @Test
    void itCountsAsItsNameSays() {
        assertEquals(
                new Provision(true, 100, 100, "thick: at creation, the whole segment"),
                policy.provision(new ProvisionRequest(100, 5)));
    }
}
