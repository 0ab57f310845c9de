package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tables in one LevelDB database, verified when it is opened.
final class TableStore implements MetaStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableStore.class);

    private final OpenDatabase open;
    private final StoredRows stored;
    private final CommitQueue queue = new CommitQueue();
    private final CommitWriter writer;
    private final Thread thread;
    /// Readers share it; closing takes it alone, so that no read meets a closed database.
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    private boolean closed;

    private TableStore(OpenDatabase open) {
        this.open = open;
        this.stored = new StoredRows(open.database());
        this.writer = new CommitWriter(open.database(), open.mark(), queue, open.state());
        this.thread = Thread.ofPlatform().name("ashlar-meta-writer").daemon().unstarted(writer);
    }

    /// @throws StorageException.Unavailable  when another process has it open
    /// @throws StorageException.Inconsistent when something that was acknowledged is missing or changed
    static TableStore open(Path directory) {
        return serving(OpenDatabase.open(directory));
    }

    static TableStore serving(OpenDatabase open) {
        var store = new TableStore(open);
        store.thread.start();
        return store;
    }

    StoreState state() {
        return writer.state();
    }

    @Override
    public Optional<byte[]> get(String table, byte[] key) {
        byte[] databaseKey = Row.key(table, key);
        use.readLock().lock();
        try {
            checkServing();
            return Optional.ofNullable(stored.get(databaseKey)).map(bytes -> Row.bareValue(databaseKey, bytes));
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public void scan(String table, byte[] fromKey, Visitor visitor) {
        byte[] prefix = Row.key(table, new byte[0]);
        use.readLock().lock();
        try {
            checkServing();
            try (var walk = stored.from(Row.key(table, fromKey), true)) {
                for (var row = walk.next(); row != null && Row.startsWith(row.getKey(), prefix); row = walk.next()) {
                    if (!visitor.row(Row.bareKey(row.getKey()), Row.bareValue(row.getKey(), row.getValue()))) {
                        return;
                    }
                }
            }
        } finally {
            use.readLock().unlock();
        }
    }

    @Override
    public void commit(long term, MetaBatch batch) {
        if (term <= 0) {
            throw new IllegalArgumentException("a leader's term is positive, not " + term);
        }
        var commit = new PendingCommit(term, batch);
        queue.submit(commit);
        commit.await();
    }

    private void checkServing() {
        if (closed) {
            throw closedNow();
        }
        writer.checkServing();
    }

    private static RuntimeException closedNow() {
        return new StorageException.Unavailable("the metadata store is closed");
    }

    /// Writes what waits, then closes the files. Reads in progress end first.
    @Override
    public void close() {
        queue.close(TableStore::closedNow);
        join();
        use.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                open.close();
            }
        } catch (IOException e) {
            LOG.warn("the metadata store was not closed cleanly; it is verified at the next start", e);
        } finally {
            use.writeLock().unlock();
        }
    }

    private void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
