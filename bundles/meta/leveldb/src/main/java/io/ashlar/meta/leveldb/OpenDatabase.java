package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.impl.DbImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database that was opened and proven: every row is whole, all rows together are what the last batch said, and the
/// last batch that was ever acknowledged is there.
record OpenDatabase(DirectoryLock lock, CommitMark mark, DB database, StoreState state) {
    private static final Logger LOG = LoggerFactory.getLogger(OpenDatabase.class);
    private static final int WRITE_BUFFER_BYTES = 8 * 1024 * 1024;
    private static final long CACHE_BYTES = 16L * 1024 * 1024;
    private static final String REMEDY =
            "; this node does not serve metadata from it. Restore the whole directory from a copy"
                    + " that was made while the node was stopped";

    static OpenDatabase open(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var lock = DirectoryLock.take(directory);
            try {
                return openLocked(directory, lock);
            } catch (IOException | RuntimeException | Error e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StorageException.MediaFailed("cannot open the metadata in " + directory + ": " + e, e);
        }
    }

    private static OpenDatabase openLocked(Path directory, DirectoryLock lock) throws IOException {
        var mark = openMark(directory);
        try {
            var database = openFiles(directory);
            try {
                var state = verified(directory, mark.index(), new StoredRows(database));
                return new OpenDatabase(lock, mark, database, state);
            } catch (RuntimeException | Error e) {
                database.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            mark.close();
            throw e;
        }
    }

    private static CommitMark openMark(Path directory) throws IOException {
        var file = directory.resolve("commit.mark");
        boolean databaseIsThere = Files.exists(files(directory).resolve("CURRENT"));
        if (CommitMark.exists(file)) {
            var mark = CommitMark.open(file);
            if (mark.index() > 0 && !databaseIsThere) {
                mark.close();
                throw inconsistent(
                        directory, "the database is gone, though " + mark.index() + " batches were acknowledged");
            }
            return mark;
        }
        if (databaseIsThere) {
            throw inconsistent(directory, "there is a database, but no commit mark beside it");
        }
        var mark = CommitMark.create(file);
        PlainFiles.syncDirectory(directory);
        return mark;
    }

    private static Path files(Path directory) {
        return directory.resolve("leveldb");
    }

    private static DB openFiles(Path directory) {
        org.iq80.leveldb.Logger complaints = OpenDatabase::heard;
        var options = new Options()
                .createIfMissing(true)
                .paranoidChecks(true) // also makes compaction verify what it copies
                .compressionType(CompressionType.NONE)
                .writeBufferSize(WRITE_BUFFER_BYTES)
                .cacheSize(CACHE_BYTES)
                .logger(complaints);
        try {
            return new DbImpl(options, files(directory).toAbsolutePath().toString(), new PlainFiles(complaints));
        } catch (IOException | RuntimeException e) { // the library throws what it likes when it meets a damaged file
            LOG.error("LevelDB cannot open {}", files(directory), e);
            throw inconsistent(directory, "LevelDB cannot open its files (" + e.getMessage() + ")");
        }
    }

    /// The library reports dropped log records here and nowhere else. The end of a log that was torn by a crash looks
    /// the same, so it is only told; the digest and the mark decide.
    private static void heard(String message) {
        if (message.contains("corruption") || message.contains("error")) {
            LOG.warn("LevelDB: {}", message);
        } else {
            LOG.debug("LevelDB: {}", message);
        }
    }

    private static StoreState verified(Path directory, long acknowledged, StoredRows rows) {
        byte[] stateRow;
        TableDigest found;
        try {
            stateRow = rows.get(StoreState.key());
            found = digest(rows);
        } catch (StorageException.DataLost e) {
            throw inconsistent(directory, e.getMessage());
        }
        var state = stateRow == null ? StoreState.NEW : state(directory, stateRow);
        if (!found.equals(state.digest())) {
            throw inconsistent(
                    directory,
                    "rows are missing or changed: found " + found + ", the last batch (number " + state.index()
                            + ") left " + state.digest());
        }
        if (state.index() < acknowledged) {
            throw inconsistent(
                    directory,
                    "the last " + (acknowledged - state.index()) + " acknowledged batches are gone: found batch "
                            + state.index() + " of " + acknowledged);
        }
        LOG.info("metadata verified: {}, batch {}, term {}", found, state.index(), state.term());
        return state;
    }

    private static StoreState state(Path directory, byte[] stateRow) {
        try {
            return StoreState.of(stateRow);
        } catch (StorageException.DataLost e) {
            throw inconsistent(directory, e.getMessage());
        }
    }

    private static TableDigest digest(StoredRows rows) {
        var digest = TableDigest.EMPTY;
        try (var walk = rows.from(new byte[0], false)) {
            for (var row = walk.next(); row != null; row = walk.next()) {
                if (!StoreState.isKey(row.getKey())) {
                    Row.bareValue(row.getKey(), row.getValue());
                    digest = digest.with(row.getKey(), row.getValue());
                }
            }
        }
        return digest;
    }

    private static StorageException.Inconsistent inconsistent(Path directory, String what) {
        return new StorageException.Inconsistent("the metadata in " + directory + " is damaged: " + what + REMEDY);
    }

    void close() throws IOException {
        try (lock;
                mark) {
            database.close();
        }
    }
}
