package io.ashlar.store.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// From where the journal is needed: everything before is in the segments' files, durably.
///
/// @param version grows by 1 with each one written; its parity is the slot
/// @param clean true when the store was closed in order: nothing follows the tail
record Checkpoint(long version, int files, long fileBytes, JournalPosition tail, boolean clean) {
    static final String FILE = "journal/checkpoint";

    private static final long MAGIC = 0x4153484c43484b31L; // ASHLCHK1
    private static final int PAGE_BYTES = 4096;
    private static final int SLOTS = 2;
    private static final int CHECKSUM_AT = PAGE_BYTES - Integer.BYTES;

    Checkpoint next(JournalPosition newTail, boolean nowClean) {
        return new Checkpoint(version + 1, files, fileBytes, newTail, nowClean);
    }

    /// Durable on return.
    void write(DiskFile file, UUID store) throws IOException {
        var page = ByteBuffer.allocate(PAGE_BYTES);
        page.putLong(MAGIC).putLong(store.getMostSignificantBits()).putLong(store.getLeastSignificantBits());
        page.putLong(version).putInt(files).putLong(fileBytes);
        page.putInt(tail.file()).putLong(tail.offset()).putLong(tail.lap()).putLong(tail.sequence());
        page.putInt(clean ? 1 : 0);
        page.putInt(CHECKSUM_AT, checksumOf(page));
        file.write(page.clear(), version % SLOTS * PAGE_BYTES);
        file.force();
    }

    /// @return the newest that is whole. Its `clean` holds only if the other slot is whole, too: else a newer one may
    ///     be lost
    static Optional<Checkpoint> read(DiskFile file, UUID store) throws IOException {
        Optional<Checkpoint> newest = Optional.empty();
        int whole = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            var found = readSlot(file, slot, store);
            whole += found.isPresent() ? 1 : 0;
            if (found.isPresent() && (newest.isEmpty() || found.get().version > newest.get().version)) {
                newest = found;
            }
        }
        boolean sure = whole == SLOTS;
        return newest.map(c -> new Checkpoint(c.version, c.files, c.fileBytes, c.tail, c.clean && sure));
    }

    private static Optional<Checkpoint> readSlot(DiskFile file, int slot, UUID store) throws IOException {
        if (file.size() < (long) (slot + 1) * PAGE_BYTES) {
            return Optional.empty();
        }
        var page = ByteBuffer.allocate(PAGE_BYTES);
        file.read(page, (long) slot * PAGE_BYTES);
        page.flip();
        boolean ours = page.getInt(CHECKSUM_AT) == checksumOf(page)
                && page.getLong() == MAGIC
                && new UUID(page.getLong(), page.getLong()).equals(store);
        if (!ours) {
            return Optional.empty();
        }
        long version = page.getLong();
        int files = page.getInt();
        long fileBytes = page.getLong();
        var tail = new JournalPosition(page.getInt(), page.getLong(), page.getLong(), page.getLong());
        return Optional.of(new Checkpoint(version, files, fileBytes, tail, page.getInt() == 1));
    }

    private static int checksumOf(ByteBuffer page) {
        var crc = new CRC32C();
        crc.update(page.duplicate().position(0).limit(CHECKSUM_AT));
        return (int) crc.getValue();
    }
}
