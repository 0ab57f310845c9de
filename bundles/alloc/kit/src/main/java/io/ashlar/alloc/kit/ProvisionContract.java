package io.ashlar.alloc.kit;

import io.ashlar.alloc.ProvisionPolicy;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import java.util.ArrayList;
import java.util.List;

/// What every provision policy promises: space may be counted too high, never too low.
///
/// ```java
/// assertEquals(List.of(), ProvisionContract.check(new MyPolicy()));
/// ```
public final class ProvisionContract {
    /// Questions asked by [#check(ProvisionPolicy)].
    public static final int QUESTIONS = 500;

    private static final int MAX_VIOLATIONS = 20;

    private ProvisionContract() {}

    /// @return the broken promises, at most 20; empty for a good policy
    public static List<Violation> check(ProvisionPolicy policy) {
        var violations = new ArrayList<Violation>();
        for (long seed = 1; seed <= QUESTIONS && violations.size() < MAX_VIOLATIONS; seed++) {
            checkOne(policy, Questions.provision(seed), seed, violations);
        }
        return List.copyOf(violations);
    }

    private static void checkOne(
            ProvisionPolicy policy, ProvisionRequest request, long seed, List<Violation> violations) {
        Provision answer;
        Provision again;
        try {
            answer = policy.provision(request);
            again = policy.provision(request);
        } catch (RuntimeException | StackOverflowError e) {
            violations.add(new Violation("never throws", request + " threw " + e, seed));
            return;
        }
        if (answer == null) {
            violations.add(new Violation("never null", request + " answered null", seed));
            return;
        }
        var shown = request + " answered " + answer;
        if (!answer.equals(again)) {
            violations.add(new Violation("equal questions, equal answers", shown + ", then " + again, seed));
        }
        if (answer.why() == null || answer.why().isBlank()) {
            violations.add(new Violation("says why", shown, seed));
        }
        if (answer.countedBytes() < request.usedBytes()) {
            violations.add(new Violation("counts what is used", shown, seed));
        }
        if (answer.countedBytes() > Math.max(request.segmentBytes(), request.usedBytes())) {
            violations.add(new Violation("counts no more than there can be", shown, seed));
        }
        if (answer.reservedBytes() < request.segmentBytes()) {
            violations.add(new Violation("books the whole segment", shown, seed));
        }
    }
}
