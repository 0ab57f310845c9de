package io.ashlar.extent;

import io.ashlar.base.SessionId;

/// A registered access point.
///
/// @param leases it holds now
/// @param expiresInMillis until it is taken for over; negative when it is
public record SessionInfo(SessionId id, String node, int leases, long expiresInMillis) {}
