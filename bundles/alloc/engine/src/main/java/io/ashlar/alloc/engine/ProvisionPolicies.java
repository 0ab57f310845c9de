package io.ashlar.alloc.engine;

import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.alloc.ProvisionPolicy;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.base.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// The provision SPI's place in the framework: policies come and go here, and the engine is served from here.
@Component(service = ProvisionEngine.class, configurationPid = ProvisionPolicies.PID)
@Designate(ocd = ProvisionPolicies.Config.class)
public final class ProvisionPolicies implements ProvisionEngine {
    static final String PID = "io.ashlar.alloc.engine.provision";
    static final String DEFAULT = "default";

    private static final String SPI = "provision";

    @ObjectClassDefinition(id = PID, name = "Provision engine", description = "Guards the provision policies.")
    @interface Config {
        @AttributeDefinition(
                name = "Time bound (milliseconds)",
                min = "1",
                max = "10000",
                description = "A policy that has not answered by then is given up for this decision.")
        int boundMillis() default 50;

        @AttributeDefinition(
                name = "Failures before quarantine",
                min = "1",
                max = "1000",
                description = "After so many wrong, late or thrown answers a policy is not asked any more; counts for"
                        + " policies that come from now on.")
        int maxFailures() default 3;
    }

    private final PolicyRegistry<ProvisionPolicy> registry = new PolicyRegistry<>(SPI, ProvisionPolicy.NAME);
    private final PolicyGuard<ProvisionPolicy> guard;
    private volatile int maxFailures;
    private final LongAdder fallbackDecisions = new LongAdder();

    @Activate
    public ProvisionPolicies(Config config) {
        this(config.boundMillis(), config.maxFailures());
    }

    ProvisionPolicies(long boundMillis, int maxFailures) {
        this.maxFailures = maxFailures;
        guard = new PolicyGuard<>(registry, boundMillis);
    }

    /// In place: a policy's record, and whoever refers to this service, must not suffer from a changed number.
    @Modified
    void changed(Config config) {
        maxFailures = config.maxFailures();
        guard.bound(config.boundMillis());
    }

    @Deactivate
    void stop() {
        guard.close();
    }

    @Reference(name = "policies", cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindPolicy(ServiceReference<ProvisionPolicy> reference, ProvisionPolicy policy) {
        registry.instanceOf(reference, policy, DEFAULT, maxFailures).ifPresent(instance -> {
            var request = new ProvisionRequest(Units.EXTENT_BYTES, 3L * Units.BLOCK_BYTES);
            guard.tryOut(
                    instance,
                    () -> instance.policy().provision(request),
                    answer -> ProvisionRules.problem(request, answer));
            registry.add(instance);
        });
    }

    void updatedPolicy(ServiceReference<ProvisionPolicy> reference, ProvisionPolicy policy) {
        registry.remove(reference);
        bindPolicy(reference, policy);
    }

    void unbindPolicy(ServiceReference<ProvisionPolicy> reference) {
        registry.remove(reference);
    }

    @Override
    public Provision provision(String policyName, ProvisionRequest request) {
        if (policyName.equals(DEFAULT)) {
            return fallback(request, "");
        }
        var reply = guard.ask(
                policyName, 1, policy -> policy.provision(request), answer -> ProvisionRules.problem(request, answer));
        boolean good = reply.answer().isPresent() && reply.note().isEmpty();
        var who = reply.label().isEmpty() ? "" : "policy " + reply.label() + ": ";
        return good ? reply.answer().get() : fallback(request, "; " + who + reply.note());
    }

    @Override
    public List<PolicyInfo> policies() {
        var infos = new ArrayList<>(registry.infos());
        infos.add(new PolicyInfo(SPI, DEFAULT, "", true, "", fallbackDecisions.sum(), 0));
        infos.sort(PolicyRegistry.order());
        return List.copyOf(infos);
    }

    private Provision fallback(ProvisionRequest request, String note) {
        fallbackDecisions.increment();
        var answer = ProvisionRules.thin(request);
        return new Provision(answer.atCreation(), answer.countedBytes(), answer.reservedBytes(), answer.why() + note);
    }
}
