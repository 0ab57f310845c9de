package io.ashlar.cluster;

import java.nio.file.Path;
import java.util.UUID;
import org.osgi.annotation.versioning.ProviderType;

/// The identity of the cluster and of this node in it, made at the first start and kept in files that only the owner
/// can read.
@ProviderType
public interface ClusterIdentity {
    /// Carried and checked by every connection between nodes (CM-31).
    UUID clusterUuid();

    /// @return this node's name in the topology, for example `n1`
    String nodeName();

    /// @return a copy of the secret that nodes prove to each other
    byte[] clusterSecret();

    /// @return where the administrator's generated password lies
    Path adminPasswordFile();

    /// Compares in constant time.
    ///
    /// @return whether user and password are the administrator's
    boolean isAdmin(String user, String password);
}
