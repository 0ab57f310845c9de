package io.ashlar.alloc.thin;

import io.ashlar.alloc.ProvisionPolicy;
import org.osgi.service.component.annotations.Component;

/// Space is taken at the first write and counts as it is used.
/// A new segment is booked whole all the same (SP-07), since its first blocks are not measured yet.
@Component(property = ProvisionPolicy.NAME + "=" + ThinPolicy.POLICY)
public final class ThinPolicy implements ProvisionPolicy {
    static final String POLICY = "thin";

    @Override
    public Provision provision(ProvisionRequest request) {
        return new Provision(
                false, request.usedBytes(), request.segmentBytes(), "thin: on first write, as much as is used");
    }
}
