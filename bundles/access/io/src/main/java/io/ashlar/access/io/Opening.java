package io.ashlar.access.io;

import io.ashlar.base.SessionId;

/// One client's use of a volume, and under which session the volume manager knows of it. Guarded by its [OpenVolumes].
final class Opening {
    final OpenVolume volume;
    final String client;
    SessionId knownUnder;
    boolean asking;
    /// The last call may or may not have been counted.
    boolean inDoubt;
    boolean closed;

    Opening(OpenVolume volume, String client, SessionId knownUnder) {
        this.volume = volume;
        this.client = client;
        this.knownUnder = knownUnder;
    }
}
