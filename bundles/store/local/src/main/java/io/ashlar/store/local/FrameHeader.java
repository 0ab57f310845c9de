package io.ashlar.store.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The head of one frame: what one sync makes durable together. It names the store, the lap, its own place and its
/// sequence (S12), so that a frame of an earlier lap, of another store, or in a wrong place is no frame.
///
/// @param headerBytes length of the head with all its records, whole pages; the payload follows
/// @param payloadBytes whole sectors
/// @param payloadChecksum CRC32C over the whole payload, as the store wrote it
record FrameHeader(JournalPosition position, int headerBytes, int payloadBytes, int payloadChecksum, int records) {
    static final int PAGE_BYTES = 4096;
    static final int FIXED_BYTES = 80;
    /// The largest head that is written, and the largest that is believed.
    static final int MAX_HEADER_BYTES = 256 * 1024;

    private static final long MAGIC = 0x4153484c4a524e31L; // ASHLJRN1
    private static final int FORMAT = 1;
    private static final int CHECKSUM_AT = 72;

    long frameBytes() {
        return (long) headerBytes + payloadBytes;
    }

    /// @return the greatest number of bytes in whole pages that is not above `bytes`
    static long wholePages(long bytes) {
        return bytes / PAGE_BYTES * PAGE_BYTES;
    }

    static int pages(int bytes) {
        return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }

    /// Writes the fixed part over the beginning of `head`, whose records are in place and whose limit is the header's
    /// length.
    void encode(ByteBuffer head, UUID store) {
        head.putLong(0, MAGIC).putInt(8, FORMAT).putInt(12, records);
        head.putLong(16, store.getMostSignificantBits()).putLong(24, store.getLeastSignificantBits());
        head.putLong(32, position.lap()).putLong(40, position.sequence()).putLong(48, position.offset());
        head.putInt(56, position.file())
                .putInt(60, headerBytes)
                .putInt(64, payloadBytes)
                .putInt(68, payloadChecksum);
        head.putInt(CHECKSUM_AT, 0).putInt(CHECKSUM_AT + Integer.BYTES, 0);
        head.putInt(CHECKSUM_AT, checksumOf(head, headerBytes));
    }

    /// Reads the fixed part without its checksum; [#intact] proves it once the whole head is there.
    ///
    /// @param page at least [#FIXED_BYTES] from index `at`
    static Optional<FrameHeader> peek(ByteBuffer page, int at, UUID store) {
        boolean ours = page.getLong(at) == MAGIC
                && page.getInt(at + 8) == FORMAT
                && page.getLong(at + 16) == store.getMostSignificantBits()
                && page.getLong(at + 24) == store.getLeastSignificantBits();
        if (!ours) {
            return Optional.empty();
        }
        var position = new JournalPosition(
                page.getInt(at + 56), page.getLong(at + 48), page.getLong(at + 32), page.getLong(at + 40));
        var header = new FrameHeader(
                position, page.getInt(at + 60), page.getInt(at + 64), page.getInt(at + 68), page.getInt(at + 12));
        boolean sane = header.headerBytes >= PAGE_BYTES
                && header.headerBytes <= MAX_HEADER_BYTES
                && header.headerBytes % PAGE_BYTES == 0
                && header.payloadBytes >= 0
                && header.payloadBytes % PAGE_BYTES == 0;
        return sane ? Optional.of(header) : Optional.empty();
    }

    /// @param head the whole head
    boolean intact(ByteBuffer head) {
        int kept = head.getInt(CHECKSUM_AT);
        head.putInt(CHECKSUM_AT, 0);
        boolean intact = kept == checksumOf(head, headerBytes);
        head.putInt(CHECKSUM_AT, kept);
        return intact;
    }

    List<JournalRecord> records(ByteBuffer head) {
        var from = head.duplicate().position(FIXED_BYTES).limit(headerBytes);
        var list = new ArrayList<JournalRecord>(records);
        for (int i = 0; i < records; i++) {
            list.add(JournalRecord.decode(from));
        }
        return list;
    }

    private static int checksumOf(ByteBuffer head, int headerBytes) {
        var crc = new CRC32C();
        crc.update(head.duplicate().position(0).limit(headerBytes));
        return (int) crc.getValue();
    }
}
