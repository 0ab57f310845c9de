package io.ashlar.extent;

import io.ashlar.base.LeaseEpoch;

/// The answer to a change of an extent's record by its lease owner.
public sealed interface ChangeResult {
    /// Durable.
    record Changed(PlacedExtent now) implements ChangeResult {}

    /// The lease is over or was never yours; stop all I/O of the extent (S2).
    record Fenced(LeaseEpoch highest) implements ChangeResult {}

    /// The owner worked with an older location; it must sync anew.
    record StaleVersion(long current) implements ChangeResult {}

    /// The change would leave no segment, or names a chunk that is not in the location.
    record Forbidden(String why) implements ChangeResult {}

    record Unknown() implements ChangeResult {}
}
