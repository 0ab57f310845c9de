package io.ashlar.extent;

/// Counts over all extents of the cluster.
///
/// @param logical lextents
/// @param placed pextents
/// @param degraded placed extents with fewer recorded or answering segments than they should have
/// @param unavailable placed extents none of whose segments answers
/// @param leased extents with a lease now
public record ExtentTotals(long logical, long placed, long degraded, long unavailable, long leased) {}
