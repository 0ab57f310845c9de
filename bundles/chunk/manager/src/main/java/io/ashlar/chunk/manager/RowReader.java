package io.ashlar.chunk.manager;

import io.ashlar.base.StorageException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Function;

/// Reads what [RowWriter] wrote. A row that does not end where it should, or of an unknown version, is
/// [StorageException.Inconsistent]: acting on a guess would be worse than stopping.
final class RowReader {
    private final ByteBuffer in;

    private RowReader(byte[] row) {
        in = ByteBuffer.wrap(row);
    }

    /// @param what named in the error, for example `chunk.topo`
    static <R> R read(String what, int version, byte[] row, Function<RowReader, R> fields) {
        var reader = new RowReader(row);
        try {
            int found = reader.in.get();
            if (found != version) {
                throw new StorageException.Inconsistent("a row of " + what + " has version " + found
                        + ", this software knows " + version + "; was it written by a newer one?");
            }
            R value = fields.apply(reader);
            if (reader.in.hasRemaining()) {
                throw new StorageException.Inconsistent("a row of " + what + " is too long");
            }
            return value;
        } catch (BufferUnderflowException e) {
            throw new StorageException.Inconsistent("a row of " + what + " is too short");
        } catch (IllegalArgumentException e) {
            throw new StorageException.Inconsistent("a row of " + what + " is not valid: " + e.getMessage());
        }
    }

    int int32() {
        return in.getInt();
    }

    long int64() {
        return in.getLong();
    }

    UUID uuid() {
        return new UUID(int64(), int64());
    }

    String text() {
        var utf8 = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
