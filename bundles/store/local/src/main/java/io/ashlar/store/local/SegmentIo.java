package io.ashlar.store.local;

import io.ashlar.base.Pid;
import io.ashlar.base.SectorChecksums;
import io.ashlar.base.Units;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;

/// What records do to the segments' files, and reading them back checked. A checksum is kept as its difference from
/// that of a sector of zeros, so that a hole in the table says what a hole in the data is.
///
/// **Thread:** [#read] any; [#apply] one at a time.
final class SegmentIo {
    static final int NO_DAMAGE = -1;

    private static final IntPredicate ALL = block -> false;
    private static final int MAX_TRANSFER_BYTES = 1024 * 1024;
    private static final int READ_ATTEMPTS = 3;

    private final Disk disk;
    private final UUID store;
    private final SegmentFiles files;

    SegmentIo(Disk disk, UUID store, SegmentFiles files) {
        this.disk = disk;
        this.store = store;
        this.files = files;
    }

    SegmentFiles files() {
        return files;
    }

    /// Makes directories for all segments to come, durably.
    void makeDirectories() throws IOException {
        disk.makeDirectory(SegmentLayout.DIRECTORY);
        for (int i = 0; i < SegmentLayout.DIRECTORIES; i++) {
            disk.makeDirectory(SegmentLayout.directory(i));
        }
        disk.syncDirectory(SegmentLayout.DIRECTORY);
    }

    /// Applies a durable record: its effect on the file, then on the segment's applied state.
    ///
    /// @param payload the bytes of a WRITE; null for the others
    void apply(Segment segment, JournalRecord record, ByteBuffer payload) throws IOException {
        if (record.kind() == JournalRecord.Kind.CREATE) {
            create(segment, record);
            return;
        }
        if (record.kind() == JournalRecord.Kind.DROP) {
            remove(segment);
            return;
        }
        applyToFile(segment, record, payload, ALL);
        segment.applied(record);
    }

    /// Applies durable changes of one segment that belong together: no header is written in between.
    ///
    /// @param payloads of each record, as above
    void applyTogether(Segment segment, List<JournalRecord> records, List<ByteBuffer> payloads) throws IOException {
        for (int i = 0; i < records.size(); i++) {
            applyToFile(segment, records.get(i), payloads.get(i), ALL);
        }
        segment.applied(records);
    }

    void create(Segment segment, JournalRecord record) throws IOException {
        files.forget(segment);
        try (var file = disk.create(segment.fileName())) {
            file.setSize(0);
            file.setSize(SegmentLayout.FILE_BYTES);
            segment.applied(record);
            writeHeader(file, segment, 0);
        }
    }

    void remove(Segment segment) throws IOException {
        segment.goes();
        files.forget(segment);
        disk.delete(segment.fileName());
    }

    /// Writes what the segment is now into its next header slot; not durable yet.
    void writeHeader(DiskFile file, Segment segment, long checkpoint) throws IOException {
        var header = segment.nextHeader(store, checkpoint);
        file.write(header.encode(), (long) header.slot() * SegmentLayout.HEADER_BYTES);
    }

    /// Does to the file what the record says, but for the blocks to be skipped.
    void applyToFile(Segment segment, JournalRecord record, ByteBuffer payload, IntPredicate skip) throws IOException {
        if (!record.isWrite()) {
            return;
        }
        try (var use = files.use(segment)) {
            int end = record.offset() + record.length();
            for (int at = record.offset(); at < end; ) {
                int runEnd = runEnd(at, end, skip);
                if (!skip.test(at / Units.BLOCK_BYTES)) {
                    applyRun(use.file(), segment, record, payload, at, runEnd - at);
                }
                at = runEnd;
            }
        }
    }

    private static int runEnd(int from, int end, IntPredicate skip) {
        boolean skipped = skip.test(from / Units.BLOCK_BYTES);
        int block = from / Units.BLOCK_BYTES + 1;
        while ((long) block * Units.BLOCK_BYTES < end && skip.test(block) == skipped) {
            block++;
        }
        return (int) Math.min(end, (long) block * Units.BLOCK_BYTES);
    }

    private void applyRun(
            DiskFile file, Segment segment, JournalRecord record, ByteBuffer payload, int offset, int length)
            throws IOException {
        switch (record.kind()) {
            case WRITE -> {
                reserve(file, segment, offset, length);
                int at = offset - record.offset();
                file.write(payload.slice(at, length), SegmentLayout.dataPosition(offset));
                writeChecksums(file, record, offset, length);
            }
            case DIRECT -> writeChecksums(file, record, offset, length);
            case ZERO -> {
                file.zero(SegmentLayout.dataPosition(offset), length);
                clearChecksums(file, offset, length);
            }
            case DISCARD -> discard(file, segment, offset, length);
            default -> throw new IllegalStateException("no write: " + record);
        }
    }

    /// Takes the space of the blocks that this range allocates, so that later writes into them have room.
    private static void reserve(DiskFile file, Segment segment, int offset, int length) throws IOException {
        int end = (offset + length + Units.BLOCK_BYTES - 1) / Units.BLOCK_BYTES;
        for (int block = offset / Units.BLOCK_BYTES; block < end; ) {
            int run = segment.appliedRun(block, end);
            int runEnd = Math.abs(run);
            if (run < 0) {
                file.reserve(
                        SegmentLayout.dataPosition(block * Units.BLOCK_BYTES),
                        (long) (runEnd - block) * Units.BLOCK_BYTES);
            }
            block = runEnd;
        }
    }

    private static void discard(DiskFile file, Segment segment, int offset, int length) throws IOException {
        int end = offset + length;
        for (int at = offset; at < end; ) {
            int block = at / Units.BLOCK_BYTES;
            int pieceEnd = (int) Math.min(end, (block + 1L) * Units.BLOCK_BYTES);
            if (pieceEnd - at == Units.BLOCK_BYTES) {
                pieceEnd = Math.max(pieceEnd, end / Units.BLOCK_BYTES * Units.BLOCK_BYTES);
                file.punch(SegmentLayout.dataPosition(at), pieceEnd - at);
                clearChecksums(file, at, pieceEnd - at);
            } else if (segment.appliedRun(block, block + 1) > 0) {
                file.zero(SegmentLayout.dataPosition(at), pieceEnd - at);
                clearChecksums(file, at, pieceEnd - at);
            }
            at = pieceEnd;
        }
    }

    private static void writeChecksums(DiskFile file, JournalRecord record, int offset, int length) throws IOException {
        int first = (offset - record.offset()) / Units.SECTOR_BYTES;
        int count = length / Units.SECTOR_BYTES;
        var bytes = ByteBuffer.allocate(count * Integer.BYTES);
        for (int i = 0; i < count; i++) {
            bytes.putInt(record.checksums()[first + i] ^ SectorChecksums.ZERO_SECTOR);
        }
        file.write(bytes.flip(), SegmentLayout.checksumPosition(offset));
    }

    private static void clearChecksums(DiskFile file, int offset, int length) throws IOException {
        file.write(
                ByteBuffer.allocate(length / Units.SECTOR_BYTES * Integer.BYTES),
                SegmentLayout.checksumPosition(offset));
    }

    /// Reads a range and checks each sector.
    ///
    /// @param into `length` long
    /// @return the offset of the first sector that does not match its checksum, or [#NO_DAMAGE]
    int read(Segment segment, int offset, int length, ByteBuffer into) throws IOException {
        try (var use = files.use(segment)) {
            int end = offset + length;
            for (int at = offset; at < end; ) {
                int block = at / Units.BLOCK_BYTES;
                int run = segment.appliedRun(block, (end + Units.BLOCK_BYTES - 1) / Units.BLOCK_BYTES);
                int pieceEnd = (int) Math.min(end, (long) Math.abs(run) * Units.BLOCK_BYTES);
                pieceEnd = Math.min(pieceEnd, at + MAX_TRANSFER_BYTES);
                var piece = into.slice(at - offset, pieceEnd - at);
                int bad = run > 0 ? readAllocated(use.file(), at, piece) : zeros(piece);
                if (bad != NO_DAMAGE) {
                    return bad;
                }
                at = pieceEnd;
            }
            return NO_DAMAGE;
        }
    }

    private static int zeros(ByteBuffer piece) {
        while (piece.remaining() >= Long.BYTES) {
            piece.putLong(0);
        }
        return NO_DAMAGE;
    }

    /// A mismatch is looked at again: a deposed owner may read what its successor is just writing.
    private static int readAllocated(DiskFile file, int offset, ByteBuffer piece) throws IOException {
        int bad = NO_DAMAGE;
        for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
            var checksums = ByteBuffer.allocate(piece.capacity() / Units.SECTOR_BYTES * Integer.BYTES);
            file.read(piece.clear(), SegmentLayout.dataPosition(offset));
            file.read(checksums, SegmentLayout.checksumPosition(offset));
            bad = firstBad(piece, checksums, offset);
            if (bad == NO_DAMAGE) {
                break;
            }
        }
        return bad;
    }

    private static int firstBad(ByteBuffer piece, ByteBuffer checksums, int offset) {
        var crc = new CRC32C();
        var sector = piece.duplicate();
        for (int at = 0; at < piece.capacity(); at += Units.SECTOR_BYTES) {
            sector.limit(at + Units.SECTOR_BYTES).position(at);
            crc.reset();
            crc.update(sector);
            int kept = checksums.getInt(at / Units.SECTOR_BYTES * Integer.BYTES) ^ SectorChecksums.ZERO_SECTOR;
            if ((int) crc.getValue() != kept) {
                return offset + at;
            }
        }
        return NO_DAMAGE;
    }

    /// What the two header slots of a file say.
    ///
    /// @param header the newest that is whole
    /// @param sure false when a newer one may be lost
    record Headers(Optional<SegmentHeader> header, boolean sure) {}

    Headers readHeaders(Pid pid) throws IOException {
        Optional<SegmentHeader> newest = Optional.empty();
        int whole = 0;
        boolean blank = false;
        try (var file = disk.open(SegmentLayout.fileOf(pid))) {
            if (file.size() < SegmentLayout.FILE_BYTES) {
                return new Headers(Optional.empty(), false);
            }
            for (int slot = 0; slot < SegmentLayout.HEADER_SLOTS; slot++) {
                var page = ByteBuffer.allocate(SegmentLayout.HEADER_BYTES);
                file.read(page, (long) slot * SegmentLayout.HEADER_BYTES);
                var found = SegmentHeader.decode(page, pid, store);
                whole += found.isPresent() ? 1 : 0;
                blank |= SegmentHeader.blank(page);
                if (found.isPresent()
                        && (newest.isEmpty()
                                || found.get().version() > newest.get().version())) {
                    newest = found;
                }
            }
        } catch (NoSuchFileException e) {
            return new Headers(Optional.empty(), false);
        }
        boolean firstOfAll = blank && newest.isPresent() && newest.get().version() == 1;
        return new Headers(newest, whole == SegmentLayout.HEADER_SLOTS || firstOfAll);
    }
}
