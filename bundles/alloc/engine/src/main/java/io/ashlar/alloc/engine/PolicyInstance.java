package io.ashlar.alloc.engine;

import io.ashlar.alloc.PolicyInfo;
import java.util.Comparator;
import org.osgi.framework.Version;

/// One registered policy and its record of service. A failure is a strike; with the allowed number of strikes the
/// instance is quarantined for good (a new version, or the bundle installed anew, is another instance). A long run of
/// good calls forgives.
final class PolicyInstance<P> {
    /// So many good calls in a row take all strikes back: three bad moments in a year are no pattern.
    static final int FORGIVEN_AFTER = 1000;

    /// Newest first; of equal versions the higher ranking, then the older registration, as the framework itself
    /// decides.
    static final Comparator<PolicyInstance<?>> NEWEST_FIRST = Comparator.<PolicyInstance<?>, Version>comparing(
                    PolicyInstance::version)
            .reversed()
            .thenComparing(Comparator.<PolicyInstance<?>>comparingInt(instance -> instance.ranking)
                    .reversed())
            .thenComparingLong(PolicyInstance::serviceId);

    private final String name;
    private final Version version;
    private final int ranking;
    private final long serviceId;
    private final P policy;
    private final int maxStrikes;

    private volatile String quarantined = "";
    private long decisions;
    private long failures;
    private int strikes;
    private int goodCalls;

    PolicyInstance(String name, Version version, int ranking, long serviceId, P policy, int maxStrikes) {
        this.name = name;
        this.version = version;
        this.ranking = ranking;
        this.serviceId = serviceId;
        this.policy = policy;
        this.maxStrikes = maxStrikes;
    }

    String name() {
        return name;
    }

    Version version() {
        return version;
    }

    long serviceId() {
        return serviceId;
    }

    P policy() {
        return policy;
    }

    /// @return for decisions and reports, for example `even/0.1.0`
    String label() {
        return name + "/" + version;
    }

    boolean eligible() {
        return quarantined.isEmpty();
    }

    String quarantined() {
        return quarantined;
    }

    synchronized void good(int decided) {
        decisions += decided;
        if (strikes > 0 && ++goodCalls >= FORGIVEN_AFTER) {
            strikes = 0;
        }
    }

    /// @return true when this failure was the one too many
    synchronized boolean failed(String why) {
        failures++;
        goodCalls = 0;
        strikes++;
        if (strikes < maxStrikes || !eligible()) {
            return false;
        }
        quarantined = "failed " + strikes + " times, last: " + why;
        return true;
    }

    /// @return true when it was not quarantined before
    synchronized boolean quarantine(String why) {
        boolean fresh = eligible();
        if (fresh) {
            quarantined = why;
        }
        return fresh;
    }

    synchronized PolicyInfo info(String spi, boolean serving) {
        return new PolicyInfo(spi, name, version.toString(), serving, quarantined, decisions, failures);
    }
}
