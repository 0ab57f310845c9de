package io.ashlar.meta.leveldb;

import io.ashlar.meta.MetaBatch;
import java.util.concurrent.CountDownLatch;

/// One caller's batch on its way through the [CommitQueue]. Its outcome is set once, by the writer.
final class PendingCommit {
    private final long term;
    private final MetaBatch batch;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile RuntimeException refusal;

    PendingCommit(long term, MetaBatch batch) {
        this.term = term;
        this.batch = batch;
    }

    long term() {
        return term;
    }

    MetaBatch batch() {
        return batch;
    }

    void applied() {
        done.countDown();
    }

    /// Does nothing to one that was answered already.
    void refused(RuntimeException why) {
        if (done.getCount() > 0) {
            refusal = why;
            done.countDown();
        }
    }

    /// Waits without regard to interrupts, since the caller must know whether its batch happened; an interrupt is kept
    /// for later.
    void await() {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (refusal != null) {
            throw refusal;
        }
    }
}
