package io.ashlar.extent.manager;

import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Puts the batches of many callers into the store in the order in which they were handed in, several in one commit:
/// whoever waits and finds the lane free commits for all that wait with him, so that they share one sync.
final class CommitLane {
    /// So many changes go into one commit, unless a single batch has more.
    private static final int MAX_CHANGES = 4096;

    /// One batch on its way.
    final class Ticket {
        private final MetaBatch batch;
        private boolean done;
        private RuntimeException failure;

        private Ticket(MetaBatch batch) {
            this.batch = batch;
        }

        /// Blocks until the batch is durable, or throws what the store threw: then the outcome is unknown, unless the
        /// term was stale.
        void await() {
            CommitLane.this.await(this);
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final MetaStore store;
    private final long term;
    private final Deque<Ticket> waiting = new ArrayDeque<>();
    private boolean committing;
    private boolean closed;

    CommitLane(MetaStore store, long term) {
        this.store = store;
        this.term = term;
    }

    /// Takes its place in the order. The caller must then wait for it.
    synchronized Ticket enqueue(MetaBatch batch) {
        if (closed) {
            throw new StorageException.StaleEpoch("the extent manager of this node has stopped");
        }
        var ticket = new Ticket(batch);
        waiting.add(ticket);
        return ticket;
    }

    /// Takes no batch any more, and waits for those that it has: after it, a successor may read the tables.
    ///
    /// @return false when they have not come to their end in time
    synchronized boolean close(long waitMillis) throws InterruptedException {
        closed = true;
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        while (committing || !waiting.isEmpty()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    private void await(Ticket own) {
        while (true) {
            List<Ticket> group;
            synchronized (this) {
                waitForTurn(own);
                if (own.done) {
                    return;
                }
                committing = true;
                group = nextGroup();
            }
            RuntimeException failure = commit(group);
            synchronized (this) {
                for (var ticket : group) {
                    ticket.done = true;
                    ticket.failure = failure;
                }
                committing = false;
                notifyAll();
            }
        }
    }

    /// The wait cannot be cut short by an interrupt: the batch is on its way and its end must be known.
    private void waitForTurn(Ticket own) {
        boolean interrupted = false;
        while (!own.done && committing) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Ticket> nextGroup() {
        var group = new ArrayList<Ticket>();
        int changes = 0;
        while (!waiting.isEmpty()) {
            changes += waiting.peek().batch.changes().size();
            if (!group.isEmpty() && changes > MAX_CHANGES) {
                break;
            }
            group.add(waiting.poll());
        }
        return group;
    }

    private RuntimeException commit(List<Ticket> group) {
        try {
            store.commit(term, group.size() == 1 ? group.getFirst().batch : joined(group));
            return null;
        } catch (RuntimeException e) {
            return e; // thrown again by each of the group's callers
        } catch (Error e) {
            return new IllegalStateException("the store failed", e); // the lane must not stay taken
        }
    }

    private static MetaBatch joined(List<Ticket> group) {
        var batch = new MetaBatch();
        for (var ticket : group) {
            for (var change : ticket.batch.changes()) {
                if (change.value() == null) {
                    batch.delete(change.table(), change.key());
                } else {
                    batch.put(change.table(), change.key(), change.value());
                }
            }
        }
        return batch;
    }
}
