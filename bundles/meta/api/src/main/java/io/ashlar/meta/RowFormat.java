package io.ashlar.meta;

import io.ashlar.base.StorageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/// The binary form of a row in a manager's table: a version byte, then the fields in a fixed order, big-endian.
public final class RowFormat {
    /// Writes the fields of one row.
    @FunctionalInterface
    public interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    /// Reads the fields of one row, all of them.
    @FunctionalInterface
    public interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    private RowFormat() {}

    /// @param version 0..255, of the row's own form
    public static byte[] write(int version, Writer writer) {
        var bytes = new ByteArrayOutputStream(128);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(version);
            writer.write(out);
        } catch (IOException e) {
            throw new IllegalStateException("a field that no row can hold", e);
        }
        return bytes.toByteArray();
    }

    /// @param table named in the error
    /// @throws StorageException.Inconsistent when the row is of another version, does not end where it should, or holds
    ///     what its
    ///     reader refuses with an [IllegalArgumentException]: acting on a guess would be worse than stopping
    public static <T> T read(String table, int version, byte[] row, Reader<T> reader) {
        try (var in = new DataInputStream(new ByteArrayInputStream(row))) {
            int found = in.readUnsignedByte();
            if (found != version) {
                throw new StorageException.Inconsistent("a row of table " + table + " has version " + found
                        + ", this software knows " + version + "; was it written by a newer one?");
            }
            T value = reader.read(in);
            if (in.available() > 0) {
                throw new StorageException.Inconsistent("a row of table " + table + " is too long");
            }
            return value;
        } catch (IOException | IllegalArgumentException e) {
            throw new StorageException.Inconsistent("a row of table " + table + " cannot be read: " + e);
        }
    }
}
