package io.ashlar.extent.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.base.StorageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvisionPortTest {
    private record Engine(String why) implements ProvisionEngine {
        @Override
        public Provision provision(String policyName, ProvisionRequest request) {
            return new Provision(false, 0, request.segmentBytes(), why);
        }

        @Override
        public List<PolicyInfo> policies() {
            return List.of();
        }
    }

    private final ProvisionPort port = new ProvisionPort();

    private String asked() {
        return port.provision("thin", new ProvisionRequest(1, 0)).why();
    }

    @Test
    void theSuccessorStaysWhenThePredecessorGoes() {
        var first = new Engine("first");
        var second = new Engine("second");
        port.bindEngine(first);
        port.bindEngine(second);
        port.unbindEngine(first);
        assertEquals("second", asked());
    }

    @Test
    void withoutAnEngineItIsSaidToComeBack() {
        var only = new Engine("only");
        port.bindEngine(only);
        assertEquals("only", asked());
        port.unbindEngine(only);
        assertThrows(StorageException.Unavailable.class, this::asked);
    }
}
