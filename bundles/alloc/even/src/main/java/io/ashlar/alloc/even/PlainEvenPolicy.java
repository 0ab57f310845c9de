package io.ashlar.alloc.even;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import java.util.List;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// The policy `even` of a bundle that nobody has configured, so that a bare deployed jar serves at once, and goes on
/// serving when configurations add others. A component of its own, since a component with a factory configuration loses
/// its unconfigured instance with the first configuration. Ranked below any configured one of the same name.
@Component(
        configurationPolicy = ConfigurationPolicy.IGNORE,
        property = {PlacementPolicy.NAME + "=" + PlainEvenPolicy.POLICY, Constants.SERVICE_RANKING + ":Integer=-1"})
public final class PlainEvenPolicy implements PlacementPolicy {
    static final String POLICY = "even";
    static final int FREE_FLOOR_PERCENT = 10;

    private final EvenPlacement placement = new EvenPlacement(FREE_FLOOR_PERCENT, Domain.NODE);

    @Override
    public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
        return placement.place(batch, view);
    }
}
