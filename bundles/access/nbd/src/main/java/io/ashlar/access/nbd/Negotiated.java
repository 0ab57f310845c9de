package io.ashlar.access.nbd;

/// What the handshake agreed on.
///
/// @param structured structured replies
/// @param allocationStatus block status of `base:allocation`
record Negotiated(boolean structured, boolean allocationStatus) {}
