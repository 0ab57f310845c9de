package io.ashlar.ops;

import java.util.List;

/// How the cluster is, for `status` in every form.
///
/// @param healthy true when every manager serves, every chunk that is not stopped on purpose is healthy, and no extent
///     is degraded
/// @param ready true when volumes can be made and written, even though something may be degraded
/// @param problems one line each, naming the thing and the remedy; empty when healthy
/// @param distinctMachines machines under the chunks, by the operating system's id (S16)
/// @param distinctDisks devices under the chunks
public record ClusterStatus(
        String clusterUuid,
        boolean healthy,
        boolean ready,
        List<String> problems,
        List<Node> nodes,
        int chunksServing,
        int chunks,
        int distinctMachines,
        int distinctDisks,
        Space space,
        Extents extents,
        String nbdUri,
        String consoleUrl) {
    public ClusterStatus {
        problems = List.copyOf(problems);
        nodes = List.copyOf(nodes);
    }

    /// @param pid of the process that runs the node's services; several nodes of one process show the same
    /// @param roles for example `metadata`, `coordinator`, `chunk`, `gateway`, `console`
    public record Node(String name, long pid, List<String> roles) {
        public Node {
            roles = List.copyOf(roles);
        }
    }

    /// Sums over all chunks.
    public record Space(long capacityBytes, long allocatedBytes, long usedBytes) {}

    public record Extents(long logical, long placed, long degraded, long unavailable) {}
}
