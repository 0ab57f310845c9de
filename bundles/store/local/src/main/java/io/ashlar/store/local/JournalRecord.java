package io.ashlar.store.local;

import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.base.Units;
import io.ashlar.store.SegmentIdentity;
import java.nio.ByteBuffer;

/// One change of one segment, as the journal keeps it. Physical redo: what it does to the segment's file depends on it
/// alone.
///
/// @param incarnation the journal sequence under which this segment was made: tells it from an earlier one of the same
///     pid
/// @param step number of this record within the segment, from 1 without gaps: a missing record shows itself
/// @param epoch of the generation after it; for CREATE and FENCE the fence
/// @param counter of the generation after it; 0 for CREATE, FENCE and DROP
/// @param payloadOffset where the bytes of a WRITE begin in the frame's payload
/// @param checksums one CRC32C a sector for WRITE and DIRECT; else empty
/// @param lid for CREATE; else 0. So are `volumeId` and `index`
record JournalRecord(
        Kind kind,
        Pid pid,
        long incarnation,
        long step,
        long epoch,
        long counter,
        int offset,
        int length,
        int payloadOffset,
        int[] checksums,
        long lid,
        long volumeId,
        int index) {

    /// The order is part of the format on disk.
    enum Kind {
        CREATE,
        FENCE,
        STAMP,
        /// Data that is in the frame.
        WRITE,
        /// Data of whole blocks that was synced to the segment's file before the record was written (S11).
        DIRECT,
        ZERO,
        DISCARD,
        DROP
    }

    static final int FIXED_BYTES = 88;
    private static final int[] NONE = {};
    private static final Kind[] KINDS = Kind.values();

    static JournalRecord create(SegmentIdentity identity, long incarnation, long fence) {
        return new JournalRecord(
                Kind.CREATE,
                identity.pid(),
                incarnation,
                1,
                fence,
                0,
                0,
                0,
                0,
                NONE,
                identity.lid().value(),
                identity.volumeId(),
                identity.index());
    }

    static JournalRecord of(Kind kind, Pid pid, long incarnation, long step, long epoch, long counter) {
        return change(kind, pid, incarnation, step, epoch, counter, 0, 0, 0, NONE);
    }

    static JournalRecord change(
            Kind kind,
            Pid pid,
            long incarnation,
            long step,
            long epoch,
            long counter,
            int offset,
            int length,
            int payloadOffset,
            int[] checksums) {
        return new JournalRecord(
                kind, pid, incarnation, step, epoch, counter, offset, length, payloadOffset, checksums, 0, 0, 0);
    }

    /// @return bytes of the frame's header that a record with this many checksums takes
    static int encodedBytes(int checksums) {
        return FIXED_BYTES + checksums * Integer.BYTES;
    }

    int firstBlock() {
        return offset / Units.BLOCK_BYTES;
    }

    int endBlock() {
        return (offset + length + Units.BLOCK_BYTES - 1) / Units.BLOCK_BYTES;
    }

    int firstWholeBlock() {
        return (offset + Units.BLOCK_BYTES - 1) / Units.BLOCK_BYTES;
    }

    /// @return the end of the whole blocks, not below [#firstWholeBlock()]
    int endWholeBlock() {
        return Math.max(firstWholeBlock(), (offset + length) / Units.BLOCK_BYTES);
    }

    SegmentIdentity identity() {
        return new SegmentIdentity(pid, new Lid(lid), volumeId, index, false);
    }

    boolean isWrite() {
        return kind == Kind.WRITE || kind == Kind.DIRECT || kind == Kind.ZERO || kind == Kind.DISCARD;
    }

    void encode(ByteBuffer into) {
        into.putInt(kind.ordinal()).putInt(checksums.length);
        into.putLong(pid.value())
                .putLong(incarnation)
                .putLong(step)
                .putLong(epoch)
                .putLong(counter);
        into.putInt(offset).putInt(length).putInt(payloadOffset).putInt(index);
        into.putLong(lid).putLong(volumeId);
        into.putLong(0);
        for (int checksum : checksums) {
            into.putInt(checksum);
        }
    }

    /// The frame's checksum has been verified before; so what is wrong here was written wrong.
    static JournalRecord decode(ByteBuffer from) {
        var kind = KINDS[from.getInt()];
        var checksums = new int[from.getInt()];
        var pid = new Pid(from.getLong());
        long incarnation = from.getLong();
        long step = from.getLong();
        long epoch = from.getLong();
        long counter = from.getLong();
        int offset = from.getInt();
        int length = from.getInt();
        int payloadOffset = from.getInt();
        int index = from.getInt();
        long lid = from.getLong();
        long volumeId = from.getLong();
        from.getLong();
        for (int i = 0; i < checksums.length; i++) {
            checksums[i] = from.getInt();
        }
        return new JournalRecord(
                kind,
                pid,
                incarnation,
                step,
                epoch,
                counter,
                offset,
                length,
                payloadOffset,
                checksums,
                lid,
                volumeId,
                index);
    }
}
