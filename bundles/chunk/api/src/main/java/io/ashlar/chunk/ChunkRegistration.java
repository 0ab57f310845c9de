package io.ashlar.chunk;

import java.util.UUID;

/// What a chunk says of itself when it registers. An instance is known by its store uuid; host and port may change.
///
/// @param clusterUuid from the chunk's own directory; another one is refused (CM-31)
/// @param storeUuid made when the chunk's directory was formatted
/// @param nodeName node of the topology that the chunk belongs to
/// @param machineId the operating system's machine, for honest counting of distinct machines (S16)
/// @param diskId the device that holds the directory
/// @param port tells several chunks of one host apart (CM-11); 0 for one that is called within the process only, which
///     its
///     directory tells apart
public record ChunkRegistration(
        UUID clusterUuid,
        UUID storeUuid,
        String nodeName,
        String machineId,
        String diskId,
        String host,
        int port,
        String directory,
        long capacityBytes) {}
