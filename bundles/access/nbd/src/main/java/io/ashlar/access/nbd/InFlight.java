package io.ashlar.access.nbd;

import io.ashlar.base.Payload;

/// One admitted request, from its admission until its reply is in the socket.
///
/// @param payload the data of a write, one reference held until it is answered; null for all others
/// @param claimedBytes what it counts for in the limits
record InFlight(Request request, Payload payload, long claimedBytes) {
    void releasePayload() {
        if (payload != null) {
            payload.release();
        }
    }
}
