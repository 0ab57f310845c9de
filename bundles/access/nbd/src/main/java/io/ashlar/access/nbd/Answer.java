package io.ashlar.access.nbd;

import io.ashlar.access.IoFailure;
import io.ashlar.access.StatusOutcome;
import io.ashlar.base.Payload;
import java.util.List;

/// How a request ended.
sealed interface Answer {
    /// @param payload the data of a read; whoever consumes the answer releases it
    record Bytes(Payload payload) implements Answer {}

    record Done() implements Answer {}

    record Runs(List<StatusOutcome.Run> runs) implements Answer {}

    record No(IoFailure failure) implements Answer {}

    Answer DONE = new Done();

    static Answer no(IoFailure.Kind kind, String message) {
        return new No(new IoFailure(kind, message));
    }

    /// Gives back what the answer holds, when nobody is left to receive it.
    default void release() {
        if (this instanceof Bytes(var payload)) {
            payload.release();
        }
    }

    default boolean isShuttingDown() {
        return this instanceof No(var failure) && failure.kind() == IoFailure.Kind.SHUTTING_DOWN;
    }
}
