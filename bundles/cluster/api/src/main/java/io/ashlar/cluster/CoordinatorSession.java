package io.ashlar.cluster;

import org.osgi.annotation.versioning.ProviderType;

/// The session with ZooKeeper as a service: registered while the session lives, gone when it is lost, so that wiring
/// follows it.
@ProviderType
public interface CoordinatorSession {
    /// @return the session's number as the servers know it
    long sessionId();

    /// @return false while the connection is interrupted; the session itself may still live
    boolean connected();
}
