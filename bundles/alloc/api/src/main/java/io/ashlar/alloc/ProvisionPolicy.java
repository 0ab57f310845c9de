package io.ashlar.alloc;

import org.osgi.annotation.versioning.ConsumerType;

/// Decides when the space of an extent is taken and how much it counts. Thinks only, like [PlacementPolicy], under the
/// same rules of thread, time and failure; the built-in default answers as `thin`.
@ConsumerType
public interface ProvisionPolicy {
    /// Service property, mandatory: the name that a volume refers to.
    String NAME = "provision.name";

    Provision provision(ProvisionRequest request);

    /// @param segmentBytes the full size of one segment
    /// @param usedBytes blocks written in the segment so far; 0 for a new one
    record ProvisionRequest(long segmentBytes, long usedBytes) {}

    /// @param atCreation true: places are chosen and space is taken when the volume is made; false: at the first write
    /// @param countedBytes what one segment counts on its chunk while it is as the request says; never below
    ///     `usedBytes`
    /// @param reservedBytes what one new segment must find free when it is placed
    record Provision(boolean atCreation, long countedBytes, long reservedBytes, String why) {}
}
