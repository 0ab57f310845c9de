package io.ashlar.chunk;

/// What the chunk manager tells a chunk with each heartbeat.
///
/// @param topoVersion version of the topology (CM-28)
public record HeartbeatReply(long topoVersion) {}
