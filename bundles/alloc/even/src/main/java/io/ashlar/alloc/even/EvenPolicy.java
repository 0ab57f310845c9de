package io.ashlar.alloc.even;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// OSGi face of [EvenPlacement]: turns one configuration into one policy, nothing else. Each factory configuration adds
/// a policy under its own name; one that is named `even` takes the place of [PlainEvenPolicy].
@Component(configurationPid = EvenPolicy.PID, configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = EvenPolicy.Config.class, factory = true)
public final class EvenPolicy implements PlacementPolicy {
    static final String PID = "io.ashlar.alloc.even";

    @ObjectClassDefinition(
            id = PID,
            name = "Placement: even",
            description = "Spreads extents so that every chunk fills at the same rate.")
    @interface Config {
        @AttributeDefinition(name = "Policy name", description = "The name that volumes refer to.")
        String placement_name() default PlainEvenPolicy.POLICY;

        @AttributeDefinition(
                name = "Free space floor (percent)",
                min = "0",
                max = "100",
                description = "A chunk with less free space than this takes a new extent only where no other can.")
        int freeFloorPercent() default PlainEvenPolicy.FREE_FLOOR_PERCENT;

        @AttributeDefinition(
                name = "Copies apart by",
                description =
                        "Two copies of an extent share none of these while there are enough of them; never a node.")
        Domain failureDomain() default Domain.NODE;
    }

    private final EvenPlacement placement;

    @Activate
    public EvenPolicy(Config config) {
        this(new EvenPlacement(config.freeFloorPercent(), config.failureDomain()));
    }

    EvenPolicy(EvenPlacement placement) {
        this.placement = placement;
    }

    @Override
    public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        return placement.place(batch, view);
    }
}
