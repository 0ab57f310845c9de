package io.ashlar.chunk.manager;

import io.ashlar.base.StorageException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that takes call after call from a bounded queue, and ticks in between. Callers wait for their answer.
final class ManagerLoop implements AutoCloseable {
    static final int MAX_WAITING = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(ManagerLoop.class);
    private static final long MAX_ANSWER_MILLIS = 15_000;
    private static final long MAX_STOP_MILLIS = 10_000;

    private final ArrayBlockingQueue<FutureTask<?>> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final long tickMillis;
    private final Runnable tick;
    private final Runnable idle;
    private final Thread thread;
    private volatile boolean stopping;

    /// @param tick called every `tickMillis`
    /// @param idle called when a call was answered and no other waits, and before a tick
    ManagerLoop(String name, long tickMillis, Runnable tick, Runnable idle) {
        this.tickMillis = tickMillis;
        this.tick = tick;
        this.idle = idle;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /// Runs the call on the loop and waits for it.
    ///
    /// @throws StorageException.Unavailable when the loop has too much to do
    /// @throws StorageException.StaleEpoch when the loop has ended
    <R> R call(Supplier<R> call) {
        var task = new FutureTask<>(call::get);
        if (!queue.offer(task)) {
            throw new StorageException.Unavailable("the chunk manager has " + MAX_WAITING + " calls waiting");
        }
        if (stopping) {
            task.cancel(false); // perhaps nobody takes it any more
        }
        try {
            return task.get(MAX_ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (CancellationException e) {
            throw new StorageException.StaleEpoch("the chunk manager does not lead on this node any more");
        } catch (TimeoutException e) {
            task.cancel(false);
            throw new StorageException.Unavailable(
                    "the chunk manager did not answer within " + MAX_ANSWER_MILLIS + " ms", e);
        } catch (InterruptedException e) {
            task.cancel(false);
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable("interrupted while waiting for the chunk manager", e);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        }
    }

    /// Ends after the call that is being worked on; the waiting ones are told that this node does not lead. The thread
    /// is not interrupted, since it may be in the middle of a commit.
    @Override
    public void close() {
        stopping = true;
        queue.offer(new FutureTask<>(() -> null)); // wakes it; when the queue is full it is awake
        try {
            thread.join(MAX_STOP_MILLIS);
            if (thread.isAlive()) {
                LOG.warn(
                        "{} is still in a call after {} ms; it ends with that call", thread.getName(), MAX_STOP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cancelWaiting();
    }

    private void run() {
        long nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(tickMillis);
        while (!stopping) {
            var task = nextTask(nextTick - System.nanoTime());
            if (task != null) {
                task.run();
            }
            if (queue.isEmpty()) {
                guarded(idle);
            }
            if (System.nanoTime() - nextTick >= 0) {
                guarded(idle);
                guarded(tick);
                nextTick = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(tickMillis);
            }
        }
        cancelWaiting();
    }

    private FutureTask<?> nextTask(long waitNanos) {
        try {
            return queue.poll(Math.max(0, waitNanos), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return null; // nobody interrupts this thread on purpose; `stopping` decides
        }
    }

    /// The loop's guard: whatever happens here, the next call is answered.
    private void guarded(Runnable duty) {
        try {
            duty.run();
        } catch (RuntimeException e) {
            LOG.error("a duty of the chunk manager's loop failed", e);
        }
    }

    private void cancelWaiting() {
        for (var task = queue.poll(); task != null; task = queue.poll()) {
            task.cancel(false);
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(cause);
        };
    }
}
