package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/// How a row lies in the database.
///
/// Key: length of the table's name (1 byte, never 0), name, key; so a table is one range and tables never mix. The key
/// whose first byte is 0 is the store's own. Value: format (1 byte), CRC32C (4 bytes) over database key, format and
/// value, value.
final class Row {
    static final int MAX_TABLE_BYTES = 64;
    static final int MAX_KEY_BYTES = 4 * 1024;
    static final int MAX_VALUE_BYTES = 8 * 1024 * 1024;

    private static final byte FORMAT = 1;
    private static final int HEADER_BYTES = 5;
    private static final int SHOWN_KEY_BYTES = 32;

    private Row() {}

    static byte[] key(String table, byte[] key) {
        byte[] name = table.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > MAX_TABLE_BYTES) {
            throw new IllegalArgumentException(
                    "a table's name has 1 to " + MAX_TABLE_BYTES + " bytes, not " + name.length);
        }
        if (key.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException("a key has at most " + MAX_KEY_BYTES + " bytes, not " + key.length);
        }
        return ByteBuffer.allocate(1 + name.length + key.length)
                .put((byte) name.length)
                .put(name)
                .put(key)
                .array();
    }

    /// @return the key inside its table
    static byte[] bareKey(byte[] databaseKey) {
        return Arrays.copyOfRange(databaseKey, 1 + databaseKey[0], databaseKey.length);
    }

    static boolean startsWith(byte[] databaseKey, byte[] prefix) {
        return databaseKey.length >= prefix.length
                && Arrays.equals(databaseKey, 0, prefix.length, prefix, 0, prefix.length);
    }

    static byte[] value(byte[] databaseKey, byte[] value) {
        if (value.length > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "a value has at most " + MAX_VALUE_BYTES + " bytes, not " + value.length);
        }
        return ByteBuffer.allocate(HEADER_BYTES + value.length)
                .put(FORMAT)
                .putInt(checksum(databaseKey, FORMAT, value, 0, value.length))
                .put(value)
                .array();
    }

    /// @throws StorageException.DataLost when what is stored is not what was put
    static byte[] bareValue(byte[] databaseKey, byte[] stored) {
        if (stored.length < HEADER_BYTES) {
            throw damaged(databaseKey, "it has only " + stored.length + " bytes");
        }
        var header = ByteBuffer.wrap(stored);
        byte format = header.get();
        if (header.getInt() != checksum(databaseKey, format, stored, HEADER_BYTES, stored.length - HEADER_BYTES)) {
            throw damaged(databaseKey, "its checksum does not match");
        }
        if (format != FORMAT) {
            throw damaged(databaseKey, "its format " + format + " is unknown to this version");
        }
        return Arrays.copyOfRange(stored, HEADER_BYTES, stored.length);
    }

    static StorageException.DataLost damaged(byte[] databaseKey, String what) {
        return new StorageException.DataLost("the row " + shown(databaseKey) + " is damaged: " + what
                + "; restore the metadata directory from a copy");
    }

    /// @return table and key in words that are safe to print
    static String shown(byte[] databaseKey) {
        int nameBytes = databaseKey.length == 0 ? 0 : databaseKey[0];
        if (nameBytes <= 0 || nameBytes >= databaseKey.length) {
            return "with the database key " + hex(databaseKey);
        }
        var table = new String(databaseKey, 1, nameBytes, StandardCharsets.UTF_8).replaceAll("[^ -~]", "?");
        return "of table '" + table + "' with the key " + hex(bareKey(databaseKey));
    }

    private static String hex(byte[] bytes) {
        int shown = Math.min(bytes.length, SHOWN_KEY_BYTES);
        return "0x" + HexFormat.of().formatHex(bytes, 0, shown) + (shown < bytes.length ? "..." : "");
    }

    private static int checksum(byte[] databaseKey, byte format, byte[] bytes, int from, int length) {
        var crc = new CRC32C();
        crc.update(databaseKey);
        crc.update(format);
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
