package io.ashlar.chunk;

import io.ashlar.base.ChunkId;

/// A chunk as the operator sees it.
///
/// @param allocatedBytes used, booked and promised space, as placement sees it
/// @param usedBytes blocks really allocated, from the last heartbeat
/// @param trouble empty when the chunk is well
public record ChunkInfo(
        ChunkId id,
        String node,
        State state,
        String host,
        int port,
        String machineId,
        String diskId,
        String directory,
        long capacityBytes,
        long allocatedBytes,
        long usedBytes,
        int segments,
        String trouble) {

    /// Constants may be added: a switch needs a fallback (CM-21).
    public enum State {
        REGISTERING,
        CONNECTED_HEALTHY,
        CONNECTED_UNHEALTHY,
        STOPPED,
        SESSION_EXPIRED
    }

    public boolean alive() {
        return state == State.CONNECTED_HEALTHY || state == State.CONNECTED_UNHEALTHY;
    }
}
