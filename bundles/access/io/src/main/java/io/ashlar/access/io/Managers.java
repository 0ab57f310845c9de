package io.ashlar.access.io;

import io.ashlar.base.StorageException;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.extent.ExtentManager;
import io.ashlar.volume.VolumeManager;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The managers as they come and go with their leader, and the threads that may wait for them: virtual ones, a bounded
/// number of them at work at a time.
///
/// **Thread:** any.
final class Managers {
    private final AtomicReference<ExtentManager> extents = new AtomicReference<>();
    private final AtomicReference<VolumeManager> volumes = new AtomicReference<>();
    private final AtomicReference<ChunkManager> chunks = new AtomicReference<>();
    private final Semaphore permits;
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    Managers(int callsAtATime) {
        permits = new Semaphore(callsAtATime);
    }

    AtomicReference<ExtentManager> extentsReference() {
        return extents;
    }

    AtomicReference<VolumeManager> volumesReference() {
        return volumes;
    }

    AtomicReference<ChunkManager> chunksReference() {
        return chunks;
    }

    ExtentManager extents() {
        return needed(extents, "extent manager");
    }

    VolumeManager volumes() {
        return needed(volumes, "volume manager");
    }

    ChunkManager chunks() {
        return needed(chunks, "chunk manager");
    }

    private static <T> T needed(AtomicReference<T> reference, String name) {
        T manager = reference.get();
        if (manager == null) {
            throw new StorageException.Unavailable("there is no " + name + " now");
        }
        return manager;
    }

    /// Asks without waiting here.
    ///
    /// @param failed told why when there is no answer; what came of the call is then unknown
    <T> void ask(Supplier<T> call, Consumer<T> answered, Consumer<String> failed) {
        if (stopped) {
            failed.accept("the access layer stops");
            return;
        }
        Thread.ofVirtual().name("ashlar-io-call").start(() -> {
            waiting.add(Thread.currentThread());
            try {
                permits.acquire();
                try {
                    answered.accept(call.get());
                } finally {
                    permits.release();
                }
            } catch (StorageException e) {
                failed.accept(e.getMessage());
            } catch (InterruptedException e) {
                failed.accept("the access layer stops");
            } catch (RuntimeException e) {
                failed.accept("the manager failed: " + e);
            } finally {
                waiting.remove(Thread.currentThread());
            }
        });
    }

    /// Asks and waits; for callers that may block.
    ///
    /// @throws StorageException.Unavailable when there is no answer in time
    <T> T within(long nanos, Supplier<T> call) {
        var future = new CompletableFuture<T>();
        ask(call, future::complete, why -> future.completeExceptionally(new StorageException.Unavailable(why)));
        try {
            return future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new StorageException.Unavailable("the manager does not answer", e);
        } catch (ExecutionException e) {
            throw new StorageException.Unavailable(e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable("interrupted", e);
        }
    }

    /// Nobody is asked any more; who still waits for an answer is interrupted.
    void stop(long nanos) {
        stopped = true;
        waiting.forEach(Thread::interrupt);
        long end = System.nanoTime() + nanos;
        for (Thread thread : waiting) {
            try {
                thread.join(java.time.Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
