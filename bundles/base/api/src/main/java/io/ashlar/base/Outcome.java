package io.ashlar.base;

import java.util.function.Function;

/// The answer to a request of an operator: the thing asked for, or a "no" that names the thing and the remedy.
public sealed interface Outcome<T> {
    record Ok<T>(T value) implements Outcome<T> {}

    record Refused<T>(Refusal refusal) implements Outcome<T> {}

    /// @param kind decides the status code and the exit status
    /// @param what names the thing and what is wrong with it, for example "volume demo/disk7 does not exist"
    /// @param remedy what the operator can do about it, for example "list the volumes with: volume list"
    record Refusal(Kind kind, String what, String remedy) {}

    /// Constants may be added: a switch needs a fallback.
    enum Kind {
        INVALID,
        NOT_FOUND,
        ALREADY_EXISTS,
        IN_USE,
        NO_SPACE,
        UNAVAILABLE
    }

    static <T> Outcome<T> ok(T value) {
        return new Ok<>(value);
    }

    static <T> Outcome<T> refused(Kind kind, String what, String remedy) {
        return new Refused<>(new Refusal(kind, what, remedy));
    }

    default <R> Outcome<R> then(Function<T, Outcome<R>> next) {
        return switch (this) {
            case Ok<T>(var value) -> next.apply(value);
            case Refused<T>(var refusal) -> new Refused<>(refusal);
        };
    }
}
