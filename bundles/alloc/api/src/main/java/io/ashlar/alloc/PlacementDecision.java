package io.ashlar.alloc;

/// A checked answer and where it came from.
///
/// @param policy name and version of the one that answered, for example `even/0.1.0` or `default`
/// @param note empty, or why the asked-for policy did not answer
public record PlacementDecision(Placement placement, String policy, String note) {}
