package io.ashlar.launcher;

import java.io.Serial;

/// A start that cannot go on, with a message for the operator: what is wrong and what to do about it.
final class LaunchException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    LaunchException(String message) {
        super(message);
    }

    LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
