package io.ashlar.cluster.zookeeper;

/// This node must not work with what it found in the coordinator; the message says what and what to do. Looked at again
/// at every tick, since the operator may repair it meanwhile.
final class ClusterRefused extends Exception {
    private static final long serialVersionUID = 1L;

    ClusterRefused(String message) {
        super(message);
    }
}
