package io.ashlar.store.local;

import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.extent.ExtentManager;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// Follows the services of the managers as they come and go.
@Component(service = Managers.class)
public final class ManagersNow implements Managers {
    @Reference(
            name = "identity",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile ClusterIdentity identity;

    @Reference(
            name = "chunks",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile ChunkManager chunks;

    @Reference(
            name = "extents",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile ExtentManager extents;

    @Override
    public Optional<ClusterIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    @Override
    public Optional<ChunkManager> chunks() {
        return Optional.ofNullable(chunks);
    }

    @Override
    public Optional<ExtentManager> extents() {
        return Optional.ofNullable(extents);
    }
}
