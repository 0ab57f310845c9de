package io.ashlar.ops;

import org.osgi.annotation.versioning.ProviderType;

/// Looks at every part and says how the cluster is.
///
/// **Thread:** any but an event loop; bounded to a second.
@ProviderType
public interface HealthService {
    ClusterStatus status();
}
