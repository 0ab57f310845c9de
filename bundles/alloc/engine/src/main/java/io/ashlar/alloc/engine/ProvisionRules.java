package io.ashlar.alloc.engine;

import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import java.util.Optional;

/// The built-in provision and the hard rules for every other.
final class ProvisionRules {
    private ProvisionRules() {}

    /// Space is taken at the first write and counts as it is used; a new segment is booked whole (CD-55).
    static Provision thin(ProvisionRequest request) {
        return new Provision(
                false, request.usedBytes(), request.segmentBytes(), "thin: on first write, as much as is used");
    }

    /// Space may be counted too high, never too low: a chunk would be promised twice.
    static Optional<String> problem(ProvisionRequest request, Provision answer) {
        if (answer == null) {
            return Optional.of("the answer is null");
        }
        if (answer.why() == null || answer.why().isBlank()) {
            return Optional.of("an answer without a why");
        }
        if (answer.countedBytes() < request.usedBytes()) {
            return Optional.of("counts " + answer.countedBytes() + " bytes where " + request.usedBytes() + " are used");
        }
        if (answer.countedBytes() > Math.max(request.segmentBytes(), request.usedBytes())) {
            return Optional.of("counts " + answer.countedBytes() + " bytes for a segment of " + request.segmentBytes());
        }
        // a booking counts the whole segment, thin or thick (SP-07)
        if (answer.reservedBytes() < request.segmentBytes()) {
            return Optional.of("books " + answer.reservedBytes() + " bytes for a segment of " + request.segmentBytes());
        }
        return Optional.empty();
    }
}
