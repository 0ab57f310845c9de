package io.ashlar.base;

/// Takes the one result of an asynchronous call. Called exactly once, on a thread of the callee; it must not block and
/// must not throw (a throw is a bug of the caller and is reported as such).
@FunctionalInterface
public interface Completion<R> {
    void done(R result);
}
