package io.ashlar.cluster.zookeeper;

import java.util.Map;

/// Where services are registered. Both directions may take long: who uses the service starts and stops inside of the
/// call.
interface ServiceBoard {
    /// @return withdraws the service
    <S> Runnable publish(Class<S> type, S service, Map<String, ?> properties);
}
