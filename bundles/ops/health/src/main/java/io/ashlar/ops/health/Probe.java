package io.ashlar.ops.health;

import io.ashlar.base.StorageException;
import io.ashlar.ops.health.Snapshot.Part;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/// Asks one part of the cluster without ever waiting for it longer than told: a manager that hangs must not make the
/// question of how the cluster is hang too.
final class Probe {

    /// Questions to one part that may be waiting at a time; more are answered "silent" at once.
    private static final int MAX_PENDING = 4;

    private final Semaphore pending = new Semaphore(MAX_PENDING);

    /// An answer that is on its way.
    record Asked<T>(CompletableFuture<Part<T>> answer) {

        /// @param deadlineNanos by `System.nanoTime()`
        Part<T> by(long deadlineNanos) {
            try {
                return answer.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return new Part.Silent<>("no answer in time");
            } catch (ExecutionException e) {
                throw new IllegalStateException("a probe failed", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Part.Silent<>("interrupted");
            }
        }
    }

    /// @param service null when it is not there
    <S, T> Asked<T> ask(S service, Function<S, T> question) {
        if (service == null) {
            return new Asked<>(CompletableFuture.completedFuture(new Part.Absent<>()));
        }
        if (!pending.tryAcquire()) {
            return new Asked<>(
                    CompletableFuture.completedFuture(new Part.Silent<>("earlier questions are still open")));
        }
        var answer = new CompletableFuture<Part<T>>();
        Thread.ofVirtual().name("ashlar-health").start(() -> {
            try {
                answer.complete(answered(() -> question.apply(service)));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            } finally {
                pending.release();
            }
        });
        return new Asked<>(answer);
    }

    private static <T> Part<T> answered(Supplier<T> question) {
        try {
            return new Part.Answered<>(question.get());
        } catch (StorageException e) {
            return new Part.Silent<>(e.getMessage());
        }
    }
}
