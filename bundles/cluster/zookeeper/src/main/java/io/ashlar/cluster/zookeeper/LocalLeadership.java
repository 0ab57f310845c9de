package io.ashlar.cluster.zookeeper;

import io.ashlar.cluster.Leadership;

/// This node leads, by one candidate node of one session.
final class LocalLeadership implements Leadership {
    private final long term;
    private final String candidate;
    private final SessionLease lease;
    private volatile boolean ended;

    LocalLeadership(long term, String candidate, SessionLease lease) {
        this.term = term;
        this.candidate = candidate;
        this.lease = lease;
    }

    String candidate() {
        return candidate;
    }

    /// From here on it is not valid, before anybody else can know.
    void end() {
        ended = true;
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public boolean valid() {
        return !ended && lease.valid();
    }
}
