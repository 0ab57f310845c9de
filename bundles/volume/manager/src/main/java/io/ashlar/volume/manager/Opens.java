package io.ashlar.volume.manager;

import io.ashlar.base.SessionId;
import java.util.Map;
import java.util.TreeMap;

/// One row of the table of opens: how often which clients have one volume open through one session.
record Opens(long volumeId, SessionId session, Map<String, Integer> clients) {
    Opens {
        clients = Map.copyOf(clients);
    }

    int count() {
        return clients.values().stream().mapToInt(Integer::intValue).sum();
    }

    /// @param by 1 or -1
    Opens counted(String client, int by) {
        var next = new TreeMap<>(clients);
        next.merge(client, by, (a, b) -> a + b <= 0 ? null : a + b);
        next.values().removeIf(count -> count <= 0);
        return new Opens(volumeId, session, next);
    }
}
