package io.ashlar.store.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Reads the journal of a store that is being opened, and tells a torn tail from damage: a frame is written only after
/// the one before it was synced, so a bad frame that a later one follows was acknowledged and is lost (S12).
final class JournalScan {
    private static final int READ_BYTES = 1024 * 1024;

    private final Journal journal;
    private final UUID store;

    JournalScan(Journal journal, UUID store) {
        this.journal = journal;
        this.store = store;
    }

    /// One frame of the journal.
    ///
    /// @param gapBefore whether frames before this one are lost
    /// @param payloadIntact false when some of its payload is damaged; its records are good
    record Frame(FrameHeader header, List<JournalRecord> records, boolean gapBefore, boolean payloadIntact) {}

    /// @param frames in order, from the tail
    /// @param gapAtEnd whether frames behind the last one are lost
    /// @param end where the next frame goes
    record Content(List<Frame> frames, boolean gapAtEnd, JournalPosition end) {}

    /// @param clean whether the store was closed in order, so that nothing can follow what is found
    Content run(JournalPosition tail, boolean clean) throws IOException {
        var frames = new ArrayList<Frame>();
        var at = tail;
        boolean gap = false;
        while (true) {
            var found = frameFrom(at);
            if (found.isPresent()) {
                var header = found.get().header;
                frames.add(new Frame(header, found.get().records, gap, payloadIntact(header)));
                at = header.position().after(header.frameBytes());
                gap = false;
                continue;
            }
            var later = clean ? Optional.<JournalPosition>empty() : earliestFrom(at.sequence());
            if (later.isEmpty()) {
                break;
            }
            gap = true;
            at = later.get();
        }
        if (frames.isEmpty() || frames.getLast().payloadIntact) {
            return new Content(frames, false, at);
        }
        var torn = frames.removeLast();
        return new Content(frames, torn.gapBefore, torn.header.position());
    }

    private record Head(FrameHeader header, List<JournalRecord> records) {}

    private Optional<Head> frameFrom(JournalPosition at) throws IOException {
        var here = frameAt(at);
        return here.isPresent() || at.offset() == 0 ? here : frameAt(at.nextFile(journal.fileCount()));
    }

    private Optional<Head> frameAt(JournalPosition at) throws IOException {
        var file = journal.file(at.file());
        if (at.offset() + FrameHeader.PAGE_BYTES > file.size()) {
            return Optional.empty();
        }
        var page = ByteBuffer.allocate(FrameHeader.PAGE_BYTES);
        file.read(page, at.offset());
        var peeked = FrameHeader.peek(page, 0, store)
                .filter(header -> header.position().equals(at));
        if (peeked.isEmpty() || at.offset() + peeked.get().frameBytes() > file.size()) {
            return Optional.empty();
        }
        var head = ByteBuffer.allocate(peeked.get().headerBytes());
        file.read(head, at.offset());
        return peeked.filter(header -> header.intact(head)).map(header -> new Head(header, header.records(head)));
    }

    private boolean payloadIntact(FrameHeader header) throws IOException {
        var file = journal.file(header.position().file());
        long at = header.position().offset() + header.headerBytes();
        var crc = new CRC32C();
        var piece = ByteBuffer.allocateDirect(Math.clamp(header.payloadBytes(), 1, READ_BYTES));
        for (int left = header.payloadBytes(); left > 0; ) {
            piece.clear().limit(Math.min(left, piece.capacity()));
            int count = piece.remaining();
            file.read(piece, at);
            crc.update(piece.flip());
            at += count;
            left -= count;
        }
        return (int) crc.getValue() == header.payloadChecksum();
    }

    /// Looks through the whole ring.
    private Optional<JournalPosition> earliestFrom(long sequence) throws IOException {
        Optional<JournalPosition> earliest = Optional.empty();
        var piece = ByteBuffer.allocate(READ_BYTES);
        for (int i = 0; i < journal.fileCount(); i++) {
            var file = journal.file(i);
            long size = file.size() / FrameHeader.PAGE_BYTES * FrameHeader.PAGE_BYTES;
            for (long at = 0; at < size; at += READ_BYTES) {
                piece.clear().limit((int) Math.min(size - at, READ_BYTES));
                file.read(piece, at);
                earliest = earlier(earliest, candidates(piece, i, at, sequence));
            }
        }
        return earliest;
    }

    private List<JournalPosition> candidates(ByteBuffer piece, int file, long at, long sequence) throws IOException {
        var found = new ArrayList<JournalPosition>();
        for (int page = 0; page < piece.position(); page += FrameHeader.PAGE_BYTES) {
            var header = FrameHeader.peek(piece, page, store);
            if (header.isEmpty()) {
                continue;
            }
            var position = header.get().position();
            boolean inPlace = position.file() == file && position.offset() == at + page;
            if (inPlace && position.sequence() >= sequence && frameAt(position).isPresent()) {
                found.add(position);
            }
        }
        return found;
    }

    private static Optional<JournalPosition> earlier(Optional<JournalPosition> known, List<JournalPosition> found) {
        var best = known;
        for (var position : found) {
            if (best.isEmpty() || position.sequence() < best.get().sequence()) {
                best = Optional.of(position);
            }
        }
        return best;
    }
}
