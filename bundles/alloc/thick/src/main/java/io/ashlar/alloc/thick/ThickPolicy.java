package io.ashlar.alloc.thick;

import io.ashlar.alloc.ProvisionPolicy;
import org.osgi.service.component.annotations.Component;

/// Space is taken when the volume is made and counts whole, written or not (SP-04).
/// So a write never fails for want of space.
@Component(property = ProvisionPolicy.NAME + "=" + ThickPolicy.POLICY)
public final class ThickPolicy implements ProvisionPolicy {
    static final String POLICY = "thick";

    @Override
    public Provision provision(ProvisionRequest request) {
        return new Provision(
                true,
                Math.max(request.segmentBytes(), request.usedBytes()),
                request.segmentBytes(),
                "thick: at creation, the whole segment");
    }
}
