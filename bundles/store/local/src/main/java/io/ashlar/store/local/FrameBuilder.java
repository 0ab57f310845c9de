package io.ashlar.store.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Gathers the records and payloads of the next frame. Belongs to the log thread.
final class FrameBuilder {
    private final int maxPayloadBytes;
    private final ByteBuffer head = ByteBuffer.allocateDirect(FrameHeader.MAX_HEADER_BYTES);
    private final List<ByteBuffer> payloads = new ArrayList<>();
    private final CRC32C checksum = new CRC32C();
    private int payloadBytes;
    private int records;

    /// @param maxPayloadBytes what a frame takes; a single record may be longer
    FrameBuilder(int maxPayloadBytes) {
        this.maxPayloadBytes = maxPayloadBytes;
        clear();
    }

    void clear() {
        head.clear().position(FrameHeader.FIXED_BYTES);
        payloads.clear();
        checksum.reset();
        payloadBytes = 0;
        records = 0;
    }

    boolean isEmpty() {
        return records == 0;
    }

    int records() {
        return records;
    }

    /// @return where the payload of the next record will begin
    int payloadBytes() {
        return payloadBytes;
    }

    /// @return whether one more record of this size may be added; always so for the first
    boolean fits(int recordBytes, int recordPayloadBytes) {
        return isEmpty()
                || head.remaining() >= recordBytes && (long) payloadBytes + recordPayloadBytes <= maxPayloadBytes;
    }

    /// @param payload null for a record without
    void add(JournalRecord record, ByteBuffer payload) {
        record.encode(head);
        records++;
        if (payload != null) {
            checksum.update(payload.duplicate());
            payloadBytes += payload.remaining();
            payloads.add(payload);
        }
    }

    long frameBytes() {
        return (long) FrameHeader.pages(head.position()) + payloadBytes;
    }

    /// @return the whole frame, ready for one write
    ByteBuffer[] seal(JournalPosition position, UUID store) {
        int headerBytes = FrameHeader.pages(head.position());
        while (head.position() < headerBytes) {
            head.put((byte) 0);
        }
        head.flip();
        new FrameHeader(position, headerBytes, payloadBytes, (int) checksum.getValue(), records).encode(head, store);
        var frame = new ByteBuffer[payloads.size() + 1];
        frame[0] = head.duplicate();
        for (int i = 0; i < payloads.size(); i++) {
            frame[i + 1] = payloads.get(i).duplicate();
        }
        return frame;
    }
}
