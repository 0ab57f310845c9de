package io.ashlar.cluster;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// The processes of the cluster that are registered with the coordinator now.
@ProviderType
public interface Membership {
    Member self();

    /// @return an immutable view, sorted by name; at most a second old
    List<Member> members();
}
