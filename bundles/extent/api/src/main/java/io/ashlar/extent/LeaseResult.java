package io.ashlar.extent;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import java.util.Optional;

/// The answer to asking for a lease.
public sealed interface LeaseResult {
    /// The session orders all I/O of the extent for as long as its session is renewed.
    ///
    /// @param placed empty while the extent has no place: it reads as zeros
    record Granted(Lid lid, LeaseEpoch epoch, Optional<PlacedExtent> placed) implements LeaseResult {}

    /// Somebody else has it, or may still have it.
    ///
    /// @param node where the holder is; "" when it is not known
    /// @param retryMillis when asking again makes sense
    record Held(String node, long retryMillis) implements LeaseResult {}

    /// The extent has to be given a place and there is no room or there are too few nodes.
    record NoSpace(String why) implements LeaseResult {}

    /// The session is over; open a new one.
    record SessionOver() implements LeaseResult {}

    /// There is no such extent (any more).
    record Unknown() implements LeaseResult {}

    /// Not now: the managers are starting, or too few nodes are there.
    record Unavailable(String why) implements LeaseResult {}
}
