package io.ashlar.meta.leveldb;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What all live rows together are: their number, and the sum of their hashes. The sum does not depend on order and
/// takes a row in or out at the price of that row, so each batch carries it on (S23).
///
/// @param high first 8 bytes of each row's SHA-256, summed modulo 2^64
/// @param low  the next 8 bytes, likewise
record TableDigest(long high, long low, long rows) {
    static final TableDigest EMPTY = new TableDigest(0, 0, 0);

    TableDigest with(byte[] databaseKey, byte[] stored) {
        var hash = hash(databaseKey, stored);
        return new TableDigest(high + hash.getLong(), low + hash.getLong(), rows + 1);
    }

    TableDigest without(byte[] databaseKey, byte[] stored) {
        var hash = hash(databaseKey, stored);
        return new TableDigest(high - hash.getLong(), low - hash.getLong(), rows - 1);
    }

    private static ByteBuffer hash(byte[] databaseKey, byte[] stored) {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(databaseKey.length).flip());
        sha.update(databaseKey);
        return ByteBuffer.wrap(sha.digest(stored));
    }

    @Override
    public String toString() {
        return rows + " rows, digest " + Long.toHexString(high) + "-" + Long.toHexString(low);
    }
}
