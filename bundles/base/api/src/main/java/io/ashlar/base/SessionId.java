package io.ashlar.base;

import java.util.UUID;

/// The identity of one registration of an access point (or chunk) with a manager; a new one for every start (CM-37).
public record SessionId(UUID value) {
    public static SessionId random() {
        return new SessionId(UUID.randomUUID());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
