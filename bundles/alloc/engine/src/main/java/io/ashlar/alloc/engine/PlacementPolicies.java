package io.ashlar.alloc.engine;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/// The placement SPI's place in the framework: policies come and go here, and the engine is served from here.
@Component(service = PlacementEngine.class, configurationPid = PlacementPolicies.PID)
@Designate(ocd = PlacementPolicies.Config.class)
public final class PlacementPolicies implements PlacementEngine {
    static final String PID = "io.ashlar.alloc.engine.placement";

    private static final String SPI = "placement";

    @ObjectClassDefinition(id = PID, name = "Placement engine", description = "Guards the placement policies.")
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

    private final PolicyRegistry<PlacementPolicy> registry = new PolicyRegistry<>(SPI, PlacementPolicy.NAME);
    private final PolicyGuard<PlacementPolicy> guard;
    private final GuardedPlacement placement;
    private volatile int maxFailures;

    @Activate
    public PlacementPolicies(Config config) {
        this(config.boundMillis(), config.maxFailures());
    }

    PlacementPolicies(long boundMillis, int maxFailures) {
        this.maxFailures = maxFailures;
        guard = new PolicyGuard<>(registry, boundMillis);
        placement = new GuardedPlacement(guard, DEFAULT);
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
    void bindPolicy(ServiceReference<PlacementPolicy> reference, PlacementPolicy policy) {
        registry.instanceOf(reference, policy, DEFAULT, maxFailures).ifPresent(instance -> {
            var view = trialView();
            var batch = List.of(new PlacementRequest(3, 2, Units.EXTENT_BYTES, Optional.empty()));
            guard.tryOut(
                    instance,
                    () -> instance.policy().place(batch, view),
                    answers -> GuardedPlacement.problem(batch, answers, view));
            registry.add(instance);
        });
    }

    void updatedPolicy(ServiceReference<PlacementPolicy> reference, PlacementPolicy policy) {
        registry.remove(reference);
        bindPolicy(reference, policy);
    }

    void unbindPolicy(ServiceReference<PlacementPolicy> reference) {
        registry.remove(reference);
    }

    @Override
    public List<PlacementDecision> place(String policyName, List<PlacementRequest> batch, ClusterView view) {
        return placement.place(policyName, batch, view);
    }

    @Override
    public List<PolicyInfo> policies() {
        var infos = new ArrayList<>(registry.infos());
        infos.add(new PolicyInfo(SPI, DEFAULT, "", true, "", placement.fallbackDecisions(), 0));
        infos.sort(PolicyRegistry.order());
        return List.copyOf(infos);
    }

    int abandonedThreads() {
        return guard.abandonedThreads();
    }

    /// Six roomy nodes in three racks: no sensible policy refuses this.
    private static ClusterView trialView() {
        var chunks = new ArrayList<Chunk>();
        long capacity = 64L * Units.EXTENT_BYTES;
        for (int i = 1; i <= 6; i++) {
            var rack = "r" + (i + 1) / 2;
            chunks.add(new Chunk(
                    new ChunkId(i), "z", rack, "b" + i, "n" + i, true, false, capacity, i * (long) Units.EXTENT_BYTES));
        }
        return new ClusterView(1, chunks);
    }
}
