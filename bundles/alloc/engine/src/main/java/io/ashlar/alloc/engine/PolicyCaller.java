package io.ashlar.alloc.engine;

import java.lang.management.ManagementFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs foreign code on a thread of its own, one call at a time, and gives up on it after a bound. A thread that does
/// not come back cannot be killed: it is interrupted, abandoned, counted, and replaced.
final class PolicyCaller implements AutoCloseable {
    /// With this many threads running away nothing foreign is called any more, so that they cannot eat the machine.
    static final int MAX_ABANDONED = 16;

    private static final long MAX_TURN_WAIT_MILLIS = 200;
    private static final long RUNAWAY_MILLIS = 1000;

    /// What came of a call.
    sealed interface Answer<R> {
        record Given<R>(R value) implements Answer<R> {}

        /// Thrown, or late by its own doing.
        record Failed<R>(String why) implements Answer<R> {}

        /// Not the callee's fault: the machine gave it no time, or its turn did not come.
        record Skipped<R>(String why) implements Answer<R> {}
    }

    private final String name;
    private final Semaphore turn = new Semaphore(1, true);
    private final AtomicInteger abandoned = new AtomicInteger();
    private Worker worker; // this and `closed` are touched only by who has the turn
    private boolean closed;

    PolicyCaller(String name) {
        this.name = name;
        worker = new Worker(name);
    }

    /// @param onRunaway told, at most once and on another thread, when the call's thread did not even come back after a
    ///     second
    ///     of running time: this is no slowness any more
    <R> Answer<R> call(long boundMillis, Callable<R> callee, Runnable onRunaway) {
        try {
            if (!turn.tryAcquire(MAX_TURN_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                return new Answer.Skipped<>("other calls took too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.Skipped<>("the caller was interrupted");
        }
        try {
            if (abandoned.get() >= MAX_ABANDONED) {
                return new Answer.Skipped<>(MAX_ABANDONED + " runaway threads of policies: none is called any more");
            }
            return closed ? new Answer.Skipped<>("the engine stops") : run(boundMillis, callee, onRunaway);
        } finally {
            turn.release();
        }
    }

    /// @return how many threads ran away and have not come back
    int abandoned() {
        return abandoned.get();
    }

    @Override
    public void close() {
        turn.acquireUninterruptibly();
        try {
            closed = true;
            worker.executor.shutdownNow();
        } finally {
            turn.release();
        }
    }

    private <R> Answer<R> run(long boundMillis, Callable<R> callee, Runnable onRunaway) {
        var mine = worker;
        var future = mine.executor.submit(() -> mine.timed(callee));
        try {
            return new Answer.Given<>(future.get(boundMillis, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            boolean starved = mine.starved(boundMillis);
            abandon(mine, onRunaway);
            String late = "no answer within " + boundMillis + " ms";
            return starved ? new Answer.Skipped<>(late + ", the machine is overloaded") : new Answer.Failed<>(late);
        } catch (ExecutionException e) {
            return new Answer.Failed<>("threw " + e.getCause());
        } catch (CancellationException e) {
            return new Answer.Skipped<>("the engine stops");
        } catch (InterruptedException e) {
            abandon(mine, onRunaway);
            Thread.currentThread().interrupt();
            return new Answer.Skipped<>("the caller was interrupted");
        }
    }

    private void abandon(Worker runaway, Runnable onRunaway) {
        abandoned.incrementAndGet();
        runaway.executor.shutdownNow();
        Thread.ofVirtual().name(name + "-undertaker").start(() -> awaitEnd(runaway, onRunaway));
        worker = new Worker(name);
    }

    private void awaitEnd(Worker runaway, Runnable onRunaway) {
        boolean told = false;
        try {
            while (!runaway.executor.awaitTermination(RUNAWAY_MILLIS, TimeUnit.MILLISECONDS)) {
                if (!told && !runaway.starved(RUNAWAY_MILLIS)) {
                    told = true;
                    onRunaway.run();
                }
            }
            abandoned.decrementAndGet();
        } catch (InterruptedException e) {
            // nobody interrupts this thread; the count then stays up, which is the safe side
            Thread.currentThread().interrupt();
        }
    }

    /// One thread and what it used so far in the present call.
    private static final class Worker {
        final ThreadPoolExecutor executor;
        private volatile Thread thread;
        private volatile long cpuNanosAtStart;

        Worker(String name) {
            executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1), task -> {
                var made = new Thread(task, name);
                made.setDaemon(true);
                return made;
            });
        }

        <R> R timed(Callable<R> callee) throws Exception {
            cpuNanosAtStart = cpuNanos(Thread.currentThread());
            thread = Thread.currentThread();
            try {
                return callee.call();
            } finally {
                thread = null;
            }
        }

        /// Whether the thread wanted to run and was hardly let: lateness is then the machine's, not the policy's.
        boolean starved(long boundMillis) {
            var running = thread;
            if (running == null) {
                return true; // not even begun, or just done
            }
            if (running.getState() != Thread.State.RUNNABLE) {
                return false;
            }
            long used = cpuNanos(running) - cpuNanosAtStart;
            return used < TimeUnit.MILLISECONDS.toNanos(boundMillis) / 2;
        }

        private static long cpuNanos(Thread thread) {
            return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
        }
    }
}
