package io.ashlar.store.local;

import io.ashlar.base.Pid;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves the journal's tail: makes the segments' files durable up to a place, so that what lies before it can be
/// written over. Runs beside the log; writers go on meanwhile in the rest of the ring.
final class Checkpointer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);
    private static final long LOOK_MILLIS = 1000;

    private final Disk disk;
    private final UUID store;
    private final Journal journal;
    private final SegmentIo io;
    private final DiskFile file;
    private final Space space;
    private final Health health;
    private final long maxMillis;
    private final Set<Segment> dirty = ConcurrentHashMap.newKeySet();
    private final Set<String> directories = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean due;
    private boolean stopping; // guarded by the lock
    private Checkpoint last;

    Checkpointer(
            Disk disk,
            UUID store,
            Journal journal,
            SegmentIo io,
            DiskFile file,
            Checkpoint last,
            Space space,
            Health health,
            long maxMillis) {
        this.disk = disk;
        this.store = store;
        this.journal = journal;
        this.io = io;
        this.file = file;
        this.last = last;
        this.space = space;
        this.health = health;
        this.maxMillis = maxMillis;
    }

    /// Tells that something was applied to a segment.
    void touched(Segment segment) {
        dirty.add(segment);
    }

    /// Tells that a name in the directory of this pid may have changed.
    void touchedName(Pid pid) {
        directories.add(SegmentLayout.directoryOf(pid));
    }

    /// Looks whether so much of the journal is used that a checkpoint should begin.
    void nudge() {
        if (!due && journal.usedBytes() > journal.fileCount() * journal.fileBytes() / 4) {
            lock.lock();
            try {
                due = true;
                changed.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void run() {
        try {
            journal.prepareAll();
            long lastNanos = System.nanoTime();
            while (awaitWork()) {
                space.look();
                boolean late = System.nanoTime() - lastNanos > TimeUnit.MILLISECONDS.toNanos(maxMillis);
                if (due || late) {
                    due = false;
                    checkpoint(false);
                    lastNanos = System.nanoTime();
                }
            }
        } catch (IOException | RuntimeException e) {
            if (health.failure() == null) {
                LOG.error("the chunk's checkpoint failed", e);
            }
            health.fail("checkpoint failed", e);
            journal.shut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            health.fail("the checkpoint thread was interrupted", e);
            journal.shut();
        } catch (Error e) {
            health.fail("the checkpoint thread died", e);
            journal.shut();
            throw e;
        }
    }

    @SuppressWarnings("WaitNotInLoop") // to wake without a reason only means to look earlier
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            if (!due && !stopping && health.failure() == null) {
                changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            return !stopping && health.failure() == null;
        } finally {
            lock.unlock();
        }
    }

    void stop() {
        lock.lock();
        try {
            stopping = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Moves the tail to what is applied now. Called by this thread, or while no other runs.
    ///
    /// @param clean whether nothing can follow: the store is closed
    void checkpoint(boolean clean) throws IOException {
        // first the place, then what was touched: all that was applied before the place is among it
        var upTo = journal.appliedUpTo();
        if (upTo.equals(last.tail()) && dirty.isEmpty() && last.clean() == clean) {
            return;
        }
        for (var each = dirty.iterator(); each.hasNext(); ) {
            var segment = each.next();
            each.remove();
            harden(segment, upTo.sequence());
        }
        for (var each = directories.iterator(); each.hasNext(); ) {
            var directory = each.next();
            each.remove();
            disk.syncDirectory(directory);
        }
        last = last.next(upTo, clean);
        last.write(file, store);
        journal.release(upTo);
    }

    private void harden(Segment segment, long sequence) throws IOException {
        if (segment.gone() || !segment.readable()) {
            return;
        }
        try (var use = io.files().use(segment)) {
            io.writeHeader(use.file(), segment, sequence);
            use.file().force();
        } catch (NoSuchFileException e) {
            // its file may go at this moment, by a durable record; then it needs no more
            if (!segment.gone()) {
                throw e;
            }
        }
    }
}
