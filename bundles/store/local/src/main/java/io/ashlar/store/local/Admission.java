package io.ashlar.store.local;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Units;
import io.ashlar.store.FenceResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Decides on requests in their order, and puts the records of the admitted ones into the next frame. Fence and
/// generation are checked here, where the record is appended, and not when the request arrives (S3).
///
/// **Thread:** the log thread.
final class Admission {
    private static final int INCARNATIONS_PER_FRAME = 4096;
    private static final int[] NO_CHECKSUMS = {};

    private final SegmentTable segments;
    private final Space space;
    private final FrameBuilder frame;
    private final DirectWrites direct;

    Admission(SegmentTable segments, Space space, FrameBuilder frame, DirectWrites direct) {
        this.segments = segments;
        this.space = space;
        this.frame = frame;
        this.direct = direct;
    }

    /// @param frameSequence the journal sequence that the frame will have
    void admit(Request request, long frameSequence) throws IOException {
        switch (request) {
            case Request.Write write -> write.result = write(write);
            case Request.Fence fence -> fence.result = fence(fence, frameSequence);
            case Request.Advance advance -> advance.result = advance(advance);
            case Request.Stamp stamp -> stamp.result = stamp(stamp);
            case Request.Drop drop -> drop(drop);
        }
    }

    private WriteResult write(Request.Write request) throws IOException {
        var write = request.write;
        var segment = segments.get(write.pid());
        if (segment == null) {
            return new WriteResult.Missing();
        }
        if (segment.damaged()) {
            return new WriteResult.Failed(segment.damageCause());
        }
        var refusal = segment.admitted().refusalOfWrite(write.generation());
        if (refusal != null) {
            return refusal;
        }
        var record = recordOf(request, segment);
        int taken = blocksTaken(record, segment);
        if (!space.take(taken)) {
            return new WriteResult.NoSpace(space.freeBytes());
        }
        if (taken > 0) {
            direct.beforeAllocation(segment);
        }
        if (record.kind() == JournalRecord.Kind.DIRECT) {
            direct.write(segment, record.offset(), request.payload());
        }
        int before = segment.admitted().blocks().count(record.firstWholeBlock(), record.endWholeBlock());
        int freed = record.kind() == JournalRecord.Kind.DISCARD ? before : 0;
        append(request, segment, record, taken, freed);
        return new WriteResult.Applied(write.generation());
    }

    private JournalRecord recordOf(Request.Write request, Segment segment) {
        var write = request.write;
        var kind = switch (write.kind()) {
            case DATA ->
                direct.possible(segment, write.offsetBytes(), write.lengthBytes())
                        ? JournalRecord.Kind.DIRECT
                        : JournalRecord.Kind.WRITE;
            case ZERO -> JournalRecord.Kind.ZERO;
            case DISCARD -> JournalRecord.Kind.DISCARD;
        };
        var checksums = request.checksums == null ? new int[0] : request.checksums;
        return JournalRecord.change(
                kind,
                write.pid(),
                segment.incarnation(),
                segment.admitted().step() + 1,
                write.generation().epoch().value(),
                write.generation().counter(),
                write.offsetBytes(),
                write.lengthBytes(),
                frame.payloadBytes(),
                checksums);
    }

    private static int blocksTaken(JournalRecord record, Segment segment) {
        if (record.kind() == JournalRecord.Kind.DISCARD) {
            return 0;
        }
        int first = record.firstBlock();
        int end = record.endBlock();
        return end - first - segment.admitted().blocks().count(first, end);
    }

    private FenceResult fence(Request.Fence request, long frameSequence) {
        var segment = segments.get(request.pid());
        if (segment == null) {
            return request.identity.mayCreate() ? create(request, frameSequence) : new FenceResult.Missing();
        }
        long fence = segment.admitted().fence();
        if (request.epoch.value() < fence) {
            return new FenceResult.Refused(new LeaseEpoch(fence));
        }
        // one without a readable header is never written, read or chosen: it needs no fence
        if (request.epoch.value() > fence && segment.readable()) {
            var record = JournalRecord.of(
                    JournalRecord.Kind.FENCE,
                    segment.pid(),
                    segment.incarnation(),
                    segment.admitted().step() + 1,
                    request.epoch.value(),
                    0);
            append(request, segment, record, 0, 0);
        }
        return new FenceResult.Fenced(segment.admittedState());
    }

    private FenceResult create(Request.Fence request, long frameSequence) {
        long incarnation = frameSequence * INCARNATIONS_PER_FRAME + frame.records();
        var segment = Segment.fresh(request.identity, incarnation);
        var record = JournalRecord.create(request.identity, incarnation, request.epoch.value());
        append(request, segment, record, 0, 0);
        segments.put(segment);
        return new FenceResult.Fenced(segment.admittedState());
    }

    private WriteResult stamp(Request.Stamp request) {
        var segment = segments.get(request.pid());
        if (segment == null) {
            return new WriteResult.Missing();
        }
        if (segment.damaged()) {
            return new WriteResult.Failed(segment.damageCause());
        }
        var refusal = segment.admitted().refusalOfStamp(request.epoch, request.expected);
        if (refusal != null) {
            return refusal;
        }
        var stamped = request.expected.stamped(request.epoch);
        var record = JournalRecord.of(
                JournalRecord.Kind.STAMP,
                segment.pid(),
                segment.incarnation(),
                segment.admitted().step() + 1,
                stamped.epoch().value(),
                stamped.counter());
        append(request, segment, record, 0, 0);
        return new WriteResult.Applied(stamped);
    }

    /// All patches and the generation go into one frame, so they are durable together.
    private WriteResult advance(Request.Advance request) throws IOException {
        var advance = request.advance;
        var segment = segments.get(advance.pid());
        if (segment == null) {
            return new WriteResult.Missing();
        }
        if (segment.damaged()) {
            return new WriteResult.Failed(segment.damageCause());
        }
        var refusal = segment.admitted().refusalOfStamp(advance.epoch(), advance.expected());
        if (refusal != null) {
            return refusal;
        }
        int taken = blocksTaken(advance, segment.admitted().copy().blocks());
        if (!space.take(taken)) {
            return new WriteResult.NoSpace(space.freeBytes());
        }
        if (taken > 0) {
            direct.beforeAllocation(segment);
        }
        int freed = 0;
        int dataAt = 0;
        for (var patch : advance.patches()) {
            boolean data = patch.kind() == SegmentWrite.Kind.DATA;
            var record = recordOf(advance, patch, segment, data ? checksumsAt(request, dataAt, patch) : NO_CHECKSUMS);
            if (record.kind() == JournalRecord.Kind.DISCARD) {
                freed += segment.admitted().blocks().count(record.firstWholeBlock(), record.endWholeBlock());
            }
            add(request, segment, record, data ? request.payload().slice(dataAt, patch.lengthBytes()) : null);
            dataAt += data ? patch.lengthBytes() : 0;
        }
        if (request.records.isEmpty()) {
            var target = advance.target();
            add(
                    request,
                    segment,
                    JournalRecord.of(
                            JournalRecord.Kind.STAMP,
                            segment.pid(),
                            segment.incarnation(),
                            segment.admitted().step() + 1,
                            target.epoch().value(),
                            target.counter()),
                    null);
        }
        request.admitted(segment, request.records.getLast(), taken, freed);
        return new WriteResult.Applied(advance.target());
    }

    private void add(Request.Advance request, Segment segment, JournalRecord record, ByteBuffer payload) {
        frame.add(record, payload);
        segment.admit(record);
        request.records.add(record);
        request.payloads.add(payload);
    }

    private JournalRecord recordOf(SegmentAdvance advance, SegmentPatch patch, Segment segment, int[] checksums) {
        var kind = switch (patch.kind()) {
            case DATA -> JournalRecord.Kind.WRITE;
            case ZERO -> JournalRecord.Kind.ZERO;
            case DISCARD -> JournalRecord.Kind.DISCARD;
        };
        return JournalRecord.change(
                kind,
                segment.pid(),
                segment.incarnation(),
                segment.admitted().step() + 1,
                advance.target().epoch().value(),
                advance.target().counter(),
                patch.offsetBytes(),
                patch.lengthBytes(),
                frame.payloadBytes(),
                checksums);
    }

    private static int[] checksumsAt(Request.Advance request, int dataAt, SegmentPatch patch) {
        int from = dataAt / Units.SECTOR_BYTES;
        return Arrays.copyOfRange(request.checksums, from, from + patch.lengthBytes() / Units.SECTOR_BYTES);
    }

    /// @param blocks is changed
    private static int blocksTaken(SegmentAdvance advance, BlockMap blocks) {
        int taken = 0;
        for (var patch : advance.patches()) {
            int first = patch.offsetBytes() / Units.BLOCK_BYTES;
            int end = (patch.offsetBytes() + patch.lengthBytes() + Units.BLOCK_BYTES - 1) / Units.BLOCK_BYTES;
            if (patch.kind() != SegmentWrite.Kind.DISCARD) {
                taken += end - first - blocks.count(first, end);
                blocks.set(first, end);
            }
        }
        return taken;
    }

    private void drop(Request.Drop request) {
        var segment = segments.get(request.pid());
        if (segment != null) {
            var record = JournalRecord.of(
                    JournalRecord.Kind.DROP,
                    segment.pid(),
                    segment.incarnation(),
                    segment.admitted().step() + 1,
                    0,
                    0);
            int freed = segment.admitted().blocks().count(0, Units.BLOCKS_PER_EXTENT);
            append(request, segment, record, 0, freed);
        }
    }

    private void append(Request request, Segment segment, JournalRecord record, int taken, int freed) {
        frame.add(record, record.kind() == JournalRecord.Kind.WRITE ? request.payload() : null);
        segment.admit(record);
        request.admitted(segment, record, taken, freed);
    }
}
