package io.ashlar.access;

/// Why a request failed; a frontend maps the kind to its protocol's error in one table.
///
/// @param message for the log and, where the protocol has room for it, for the client
public record IoFailure(Kind kind, String message) {
    /// Constants may be added: a switch needs a fallback.
    public enum Kind {
        INVALID,
        OUT_OF_RANGE,
        NO_SPACE,
        READ_ONLY,
        IO,
        SHUTTING_DOWN
    }
}
