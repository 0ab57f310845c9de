package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Where commits wait for the writer. Bounded: with [#MAX_WAITING] waiting, the next caller blocks.
final class CommitQueue {
    static final int MAX_WAITING = 1024;
    /// One group is one write and one sync.
    static final int MAX_GROUP_CHANGES = 8 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final ArrayDeque<PendingCommit> waiting = new ArrayDeque<>();
    private Supplier<RuntimeException> closed;

    void submit(PendingCommit commit) {
        lock.lock();
        try {
            awaitRoom();
            if (closed != null) {
                throw closed.get();
            }
            waiting.addLast(commit);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void awaitRoom() {
        try {
            while (closed == null && waiting.size() >= MAX_WAITING) {
                room.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable("interrupted while waiting to commit; nothing was changed", e);
        }
    }

    /// @return the next batches that share a write, or an empty list when the queue is closed and done
    List<PendingCommit> takeGroup() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && closed == null) {
                work.await();
            }
            var group = new ArrayList<PendingCommit>();
            int changes = 0;
            while (!waiting.isEmpty() && (group.isEmpty() || changes < MAX_GROUP_CHANGES)) {
                var next = waiting.removeFirst();
                changes += next.batch().changes().size();
                group.add(next);
            }
            room.signalAll();
            return group;
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more; what waits is still written.
    void close(Supplier<RuntimeException> why) {
        lock.lock();
        try {
            if (closed == null) {
                closed = why;
            }
            work.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes no more, and hands out what waits, to be refused.
    List<PendingCommit> abort(Supplier<RuntimeException> why) {
        lock.lock();
        try {
            close(why);
            var rest = List.copyOf(waiting);
            waiting.clear();
            return rest;
        } finally {
            lock.unlock();
        }
    }
}
