package io.ashlar.store.local;

import io.ashlar.base.StorageException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Whether the chunk's partition can still be trusted. The first failure is for good: a failed sync is never tried
/// again as if nothing had happened (S12).
final class Health {
    private final AtomicReference<StorageException> failure = new AtomicReference<>();
    private final Consumer<StorageException> onFailure;

    /// @param onFailure told once, on the thread that met the failure
    Health(Consumer<StorageException> onFailure) {
        this.onFailure = onFailure;
    }

    /// @return what went wrong first, or null
    StorageException failure() {
        return failure.get();
    }

    /// @return the failure that counts
    StorageException fail(String what, Throwable cause) {
        var first = new StorageException.MediaFailed(what + ": " + cause, cause);
        if (failure.compareAndSet(null, first)) {
            onFailure.accept(first);
        }
        return failure.get();
    }
}
