package io.ashlar.access.io;

import io.ashlar.base.Payload;

/// One range of whole sectors that is being read from any good replica, one replica after the other.
final class Fetch {
    static final Fetch[] NONE = {};

    final Op op;
    final int offsetBytes;
    final int lengthBytes;

    /// Names the attempt: a later answer to an earlier attempt is dropped.
    int attempt;
    int lane = -1;
    int triedMask;
    int damagedMask;
    int firstBadBytes = -1;
    long sentNanos;
    long retryNanos;
    Payload bytes;
    private String troubles = "";

    Fetch(Op op, int offsetBytes, int lengthBytes) {
        this.op = op;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
    }

    boolean done() {
        return bytes != null;
    }

    boolean waiting() {
        return lane >= 0;
    }

    /// @return the bytes, with the one reference to them
    Payload give() {
        Payload given = bytes;
        bytes = null;
        return given;
    }

    void trouble(String what) {
        troubles += (troubles.isEmpty() ? "" : ", ") + what;
    }

    String troubles() {
        return troubles;
    }

    /// Whatever answers from now on is too late.
    void cancel() {
        attempt++;
        lane = -1;
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
