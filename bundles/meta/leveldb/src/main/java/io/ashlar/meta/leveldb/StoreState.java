package io.ashlar.meta.leveldb;

import java.nio.ByteBuffer;

/// The one row of the store's own, written with every group of batches: how far it has come and what it must then hold.
///
/// @param index number of batches ever applied
/// @param term  highest term of a leader that has committed here
record StoreState(long index, long term, TableDigest digest) {
    static final StoreState NEW = new StoreState(0, 0, TableDigest.EMPTY);

    private static final byte[] KEY = {0, 's'};
    private static final int BYTES = 5 * Long.BYTES;

    static byte[] key() {
        return KEY.clone();
    }

    static boolean isKey(byte[] databaseKey) {
        return databaseKey.length > 0 && databaseKey[0] == 0;
    }

    byte[] stored() {
        var bytes = ByteBuffer.allocate(BYTES)
                .putLong(index)
                .putLong(term)
                .putLong(digest.high())
                .putLong(digest.low())
                .putLong(digest.rows());
        return Row.value(KEY, bytes.array());
    }

    static StoreState of(byte[] stored) {
        var bytes = ByteBuffer.wrap(Row.bareValue(KEY, stored));
        if (bytes.remaining() != BYTES) {
            throw Row.damaged(KEY, "it has " + bytes.remaining() + " bytes");
        }
        return new StoreState(
                bytes.getLong(), bytes.getLong(), new TableDigest(bytes.getLong(), bytes.getLong(), bytes.getLong()));
    }
}
