package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBException;
import org.iq80.leveldb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The only writer of the database: takes what waits, writes it as one batch with one sync, raises the mark, answers.
///
/// A write or sync that fails ends the store: what of it has reached the disk is unknown, and a second sync that
/// succeeds would prove nothing.
final class CommitWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitWriter.class);

    private final DB database;
    private final CommitMark mark;
    private final CommitQueue queue;
    private final StoredRows stored;
    private volatile StoreState state;
    private volatile Supplier<RuntimeException> failure;

    CommitWriter(DB database, CommitMark mark, CommitQueue queue, StoreState state) {
        this.database = database;
        this.mark = mark;
        this.queue = queue;
        this.stored = new StoredRows(database);
        this.state = state;
    }

    StoreState state() {
        return state;
    }

    /// @throws StorageException when a write has failed
    void checkServing() {
        var why = failure;
        if (why != null) {
            throw why.get();
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                var group = queue.takeGroup();
                if (group.isEmpty()) {
                    return;
                }
                commit(group);
                if (failure != null) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            fail(List.of(), e); // nobody interrupts this thread
        }
    }

    /// Every caller gets an answer, whatever happens here.
    private void commit(List<PendingCommit> pending) {
        try {
            commitAccepted(pending);
        } catch (IOException | RuntimeException | Error e) {
            fail(pending, e);
        }
    }

    private void commitAccepted(List<PendingCommit> pending) throws IOException {
        var group = new CommitGroup(state, stored::get);
        var accepted = new ArrayList<PendingCommit>();
        for (var commit : pending) {
            try {
                group.add(commit.term(), commit.batch());
                accepted.add(commit);
            } catch (StorageException | IllegalArgumentException e) {
                commit.refused(e);
            }
        }
        if (accepted.isEmpty()) {
            return;
        }
        write(group);
        state = group.state();
        accepted.forEach(PendingCommit::applied);
    }

    private void write(CommitGroup group) throws IOException {
        try (var batch = database.createWriteBatch()) {
            group.rows()
                    .forEach((key, value) -> value.ifPresentOrElse(
                            bytes -> batch.put(key.array(), bytes), () -> batch.delete(key.array())));
            batch.put(StoreState.key(), group.state().stored());
            database.write(batch, new WriteOptions().sync(true));
        }
        mark.write(group.state().index());
    }

    private void fail(List<PendingCommit> unanswered, Throwable cause) {
        LOG.error("a write of the metadata failed; the store stops serving", cause);
        Supplier<RuntimeException> why = () -> new StorageException.MediaFailed(
                "the metadata store stopped serving after a failed write (" + reason(cause)
                        + "); free or replace the disk, then restart the node",
                cause);
        failure = why;
        queue.abort(why).forEach(commit -> commit.refused(why.get()));
        unanswered.forEach(commit -> commit.refused(why.get()));
    }

    private static String reason(Throwable cause) {
        var deepest = cause;
        while (deepest instanceof DBException && deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    }
}
