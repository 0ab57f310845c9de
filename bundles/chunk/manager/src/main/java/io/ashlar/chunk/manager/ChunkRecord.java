package io.ashlar.chunk.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.chunk.ChunkRegistration;
import java.util.UUID;

/// A chunk as the tables keep it.
///
/// @param topoId of its object in the topology
/// @param nodeId of its node's object
/// @param capacityBytes as registered; heartbeats know better
record ChunkRecord(
        ChunkId id,
        long topoId,
        long nodeId,
        UUID storeUuid,
        String host,
        int port,
        String machineId,
        String diskId,
        String directory,
        long capacityBytes) {

    static ChunkRecord of(ChunkId id, long topoId, long nodeId, ChunkRegistration from) {
        return new ChunkRecord(
                id,
                topoId,
                nodeId,
                from.storeUuid(),
                from.host(),
                from.port(),
                from.machineId(),
                from.diskId(),
                from.directory(),
                from.capacityBytes());
    }

    /// What tells instances on one host apart (CM-11): the port, or for a chunk that is only called within the process
    /// its directory.
    String address() {
        return addressOf(host, port, directory);
    }

    static String addressOf(String host, int port, String directory) {
        return port == 0 ? host + ":" + directory : host + ":" + port;
    }
}
