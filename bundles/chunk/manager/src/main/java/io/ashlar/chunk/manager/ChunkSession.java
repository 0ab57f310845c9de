package io.ashlar.chunk.manager;

import io.ashlar.chunk.ChunkInfo.State;

/// Whether one chunk lives, by its signs of life (CM-21). Fed with times, reads no clock. Used by the manager's loop
/// only.
///
/// ```
/// SESSION_EXPIRED --register--> REGISTERING --heartbeat--> CONNECTED_HEALTHY | CONNECTED_UNHEALTHY (it reports trouble)
/// connected --3 s of silence--> CONNECTED_UNHEALTHY --10 s--> SESSION_EXPIRED --heartbeat--> connected
/// any --stopping--> STOPPED --register--> REGISTERING
/// ```
final class ChunkSession {
    /// @param unhealthyMillis of silence until the chunk is given no new segments
    /// @param expiredMillis of silence until it is taken for gone
    record Limits(long unhealthyMillis, long expiredMillis) {
        Limits {
            if (unhealthyMillis <= 0 || expiredMillis <= unhealthyMillis) {
                throw new IllegalArgumentException(
                        "unhealthy after " + unhealthyMillis + " ms, expired after " + expiredMillis);
            }
        }
    }

    private final Limits limits;
    private State state = State.SESSION_EXPIRED;
    private String trouble = "not heard of since this leader started";
    private long lastSignMillis;

    ChunkSession(Limits limits) {
        this.limits = limits;
    }

    State state() {
        return state;
    }

    String trouble() {
        return trouble;
    }

    /// Whether the chunk is there, or has just announced itself.
    boolean present() {
        return state == State.REGISTERING || state == State.CONNECTED_HEALTHY || state == State.CONNECTED_UNHEALTHY;
    }

    /// May it take new segments?
    boolean eligible() {
        return state == State.CONNECTED_HEALTHY;
    }

    void registered(long nowMillis) {
        lastSignMillis = nowMillis;
        become(State.REGISTERING, "no heartbeat yet");
    }

    /// @param reported the chunk's own trouble, or empty
    /// @return false for a chunk that has said it stops: this one was late, and counts for nothing
    boolean heartbeat(String reported, long nowMillis) {
        if (state == State.STOPPED) {
            return false;
        }
        lastSignMillis = nowMillis;
        become(reported.isEmpty() ? State.CONNECTED_HEALTHY : State.CONNECTED_UNHEALTHY, reported);
        return true;
    }

    void stopping(String why) {
        become(State.STOPPED, why.isEmpty() ? "stopped" : why);
    }

    /// Judges the silence.
    ///
    /// @return whether state or trouble changed
    boolean tick(long nowMillis) {
        long silentMillis = nowMillis - lastSignMillis;
        if (!present() || silentMillis < limits.unhealthyMillis()) {
            return false;
        }
        if (silentMillis >= limits.expiredMillis()) {
            become(State.SESSION_EXPIRED, "no heartbeat for " + limits.expiredMillis() / 1000 + " s");
            return true;
        }
        if (state == State.REGISTERING || trouble.startsWith("no heartbeat for ")) {
            return false;
        }
        become(State.CONNECTED_UNHEALTHY, "no heartbeat for " + limits.unhealthyMillis() / 1000 + " s");
        return true;
    }

    /// The manager itself did not listen for a while; that time is not the chunk's silence.
    void excuse(long millis) {
        lastSignMillis += millis;
    }

    private void become(State next, String why) {
        state = next;
        trouble = why;
    }
}
