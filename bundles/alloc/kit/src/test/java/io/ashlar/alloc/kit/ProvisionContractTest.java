package io.ashlar.alloc.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.alloc.ProvisionPolicy;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvisionContractTest {
    private static void finds(String rule, ProvisionPolicy policy) {
        var violations = ProvisionContract.check(policy);
        assertTrue(
                violations.stream().anyMatch(one -> one.rule().equals(rule)),
                "expected '" + rule + "' in " + violations);
    }

    @Test
    void aPolicyThatIsRightPasses() {
        assertEquals(
                List.of(),
                ProvisionContract.check(
                        request -> new Provision(true, request.segmentBytes(), request.segmentBytes(), "all")));
    }

    @Test
    void itFindsEachWayOfBeingWrong() {
        finds("never null", request -> null);
        finds("never throws", request -> {
            throw new ArithmeticException();
        });
        finds("says why", request -> new Provision(true, request.segmentBytes(), request.segmentBytes(), ""));
        finds("counts what is used", request -> new Provision(false, 0, request.segmentBytes(), "nothing"));
        finds(
                "counts no more than there can be",
                request -> new Provision(true, request.segmentBytes() + 1, request.segmentBytes(), "more"));
        finds(
                "books the whole segment",
                request -> new Provision(false, request.usedBytes(), request.usedBytes(), "hope"));
        var calls = new long[1];
        finds(
                "equal questions, equal answers",
                request -> new Provision(false, request.usedBytes(), request.segmentBytes() + calls[0]++, "moody"));
    }
}
