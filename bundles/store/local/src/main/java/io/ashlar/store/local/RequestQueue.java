package io.ashlar.store.local;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The requests that wait for the log, bounded by number and by bytes.
///
/// **Thread:** [#offer] any; [#take] the log thread.
final class RequestQueue {
    private final int maxRequests;
    private final long maxBytes;
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long bytes;
    private boolean closed;
    private boolean idle;

    RequestQueue(int maxRequests, long maxBytes) {
        this.maxRequests = maxRequests;
        this.maxBytes = maxBytes;
    }

    /// What became of an offered request.
    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    Offer offer(Request request) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            // one that alone is above the bound must still get through
            boolean full = waiting.size() >= maxRequests || bytes > 0 && bytes + request.payloadBytes() > maxBytes;
            if (full) {
                return Offer.FULL;
            }
            bytes += request.payloadBytes();
            waiting.add(request);
            if (idle) {
                idle = false;
                changed.signal();
            }
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for requests and moves up to `max` of them into `into`.
    ///
    /// @return false when the queue is closed and empty
    boolean take(List<Request> into, int max) throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                idle = true;
                changed.await();
            }
            while (into.size() < max && !waiting.isEmpty()) {
                var request = waiting.poll();
                bytes -= request.payloadBytes();
                into.add(request);
            }
            return !into.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Moves all that waits, without waiting itself.
    void drainTo(List<Request> into) {
        lock.lock();
        try {
            into.addAll(waiting);
            waiting.clear();
            bytes = 0;
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing more; what waits is still given out.
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
