package io.ashlar.chunk.manager;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Writes one row: a version byte, then fields in a fixed order, big-endian, texts with a two-byte length.
final class RowWriter {
    private static final int MAX_TEXT_BYTES = 0xffff;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    private final DataOutputStream out = new DataOutputStream(bytes);

    RowWriter(int version) {
        put(() -> out.writeByte(version));
    }

    RowWriter int32(int value) {
        return put(() -> out.writeInt(value));
    }

    RowWriter int64(long value) {
        return put(() -> out.writeLong(value));
    }

    RowWriter uuid(UUID value) {
        return int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    RowWriter text(String value) {
        var utf8 = value.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("a text of " + utf8.length + " bytes does not fit in a row");
        }
        return put(() -> {
            out.writeShort(utf8.length);
            out.write(utf8);
        });
    }

    byte[] row() {
        return bytes.toByteArray();
    }

    private RowWriter put(Field field) {
        try {
            field.write();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }

    private interface Field {
        void write() throws IOException;
    }
}
