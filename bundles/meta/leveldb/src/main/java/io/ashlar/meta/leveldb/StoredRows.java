package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import java.util.Map;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBIterator;
import org.iq80.leveldb.ReadOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rows as they lie in the database, with every error of the library turned into one that names the row.
record StoredRows(DB database) {
    private static final Logger LOG = LoggerFactory.getLogger(StoredRows.class);

    /// @return null when absent
    byte[] get(byte[] databaseKey) {
        try {
            return database.get(databaseKey, new ReadOptions().verifyChecksums(true));
        } catch (RuntimeException e) { // the library throws what it likes when it meets a damaged file
            throw unreadable(databaseKey, e);
        }
    }

    /// @param start all keys from here, to the end of the database
    /// @param keep  false for a walk over everything, which would empty the cache
    Walk from(byte[] start, boolean keep) {
        DBIterator rows = null;
        try {
            rows = database.iterator(new ReadOptions().verifyChecksums(true).fillCache(keep));
            rows.seek(start);
            return new Walk(rows, start);
        } catch (RuntimeException e) {
            if (rows != null) {
                rows.close();
            }
            throw unreadable(start, e);
        }
    }

    private static StorageException unreadable(byte[] databaseKey, RuntimeException cause) {
        LOG.error("cannot read the row {}", Row.shown(databaseKey), cause);
        return Row.damaged(databaseKey, "the database cannot read at or after it (" + cause.getMessage() + ")");
    }

    static final class Walk implements AutoCloseable {
        private final DBIterator rows;
        private byte[] last;

        private Walk(DBIterator rows, byte[] start) {
            this.rows = rows;
            this.last = start;
        }

        /// @return null at the end
        Map.Entry<byte[], byte[]> next() {
            try {
                if (!rows.hasNext()) {
                    return null;
                }
                var row = rows.next();
                last = row.getKey();
                return row;
            } catch (RuntimeException e) {
                throw unreadable(last, e);
            }
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
