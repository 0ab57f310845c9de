package io.ashlar.alloc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.alloc.ProvisionPolicy;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.alloc.kit.ProvisionContract;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProvisionPoliciesTest {
    private static final Provision THICK = new Provision(true, 100, 100, "thick");
    private static final ProvisionRequest REQUEST = new ProvisionRequest(100, 7);

    private final ProvisionPolicies engine = new ProvisionPolicies(50, 3);

    @AfterEach
    void stop() {
        engine.stop();
    }

    private Registered<ProvisionPolicy> bind(String name, ProvisionPolicy policy) {
        var reference = new Registered<ProvisionPolicy>(ProvisionPolicy.NAME, name, "1.0.0", 0);
        engine.bindPolicy(reference, policy);
        return reference;
    }

    @Test
    void theNamedPolicyAnswersAndTheDefaultIsThin() {
        var thick =
                bind("thick", request -> new Provision(true, request.segmentBytes(), request.segmentBytes(), "thick"));
        assertEquals(THICK, engine.provision("thick", REQUEST));
        engine.unbindPolicy(thick);
        var answer = engine.provision("thick", REQUEST);
        assertEquals(
                List.of(false, 7L, 100L), List.of(answer.atCreation(), answer.countedBytes(), answer.reservedBytes()));
        assertTrue(answer.why().contains("policy thick is not here"), answer.why());
        assertEquals(List.of(), ProvisionContract.check(request -> engine.provision("default", request)));
    }

    @Test
    void anAnswerThatCountsTooLittleIsReplacedAndAfterThreeThePolicyIsQuarantined() {
        var bad = new AtomicReference<ProvisionPolicy>(ProvisionRules::thin);
        bind("bad", request -> bad.get().provision(request));
        bad.set(request -> new Provision(false, 0, request.segmentBytes(), "nothing"));
        assertTrue(engine.provision("bad", REQUEST).why().contains("bad/1.0.0: counts 0 bytes where 7 are used"));
        bad.set(request -> new Provision(false, 7, 7, "little"));
        assertEquals(100, engine.provision("bad", REQUEST).reservedBytes());
        bad.set(request -> null);
        assertEquals(100, engine.provision("bad", REQUEST).reservedBytes());
        var info = engine.policies().getFirst();
        assertEquals("bad", info.name());
        assertTrue(info.quarantined().startsWith("failed 3 times"), info.toString());
        assertTrue(engine.provision("bad", REQUEST).why().contains("is quarantined"));
    }
}
