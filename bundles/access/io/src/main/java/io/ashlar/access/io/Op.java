package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.Payload;
import io.ashlar.base.Units;
import io.ashlar.store.DigestResult;
import io.ashlar.store.SegmentWrite;
import java.util.LinkedHashMap;
import java.util.Map;

/// One request against one extent, from its arrival until nothing of it is left. Belongs to the extent's loop.
///
/// An op is *answered* once, and *over* when it holds no range any more; the two may be far apart: a write that was
/// given up is answered at its deadline, but its range stays locked until all listed replicas are known to be equal
/// again (S4).
final class Op {
    enum Kind {
        READ,
        WRITE,
        ZERO,
        DISCARD,
        STATUS,
        DIGEST,
        /// A write of the owner itself: good bytes over sectors that one replica found damaged.
        REPAIR
    }

    enum State {
        /// An earlier op holds a part of the range.
        BLOCKED,
        /// May start as soon as the extent is served.
        READY,
        /// Waits for bytes, a block map or digests of chunks.
        FETCHING,
        /// A write that is complete, and waits until fewer are on their way.
        HELD,
        /// A write with a generation, on its way to the chunks.
        SENT,
        /// A write that may or may not have reached some chunks; waits for a sync under a new epoch.
        UNRESOLVED,
        OVER
    }

    final Kind kind;
    final int offsetBytes;
    final int lengthBytes;
    /// The whole sectors that the op touches: `[from, to)` in bytes.
    final int from;
    final int to;
    final long deadlineNanos;

    private final Completion<OpResult> completion;
    private final Payload data;
    final boolean onlyZeros;

    State state = State.BLOCKED;
    int blockers;
    Op previous;
    Op next;
    boolean answered;

    /// What is being read for it; the edges of a write that does not end at sectors.
    Fetch[] fetches = Fetch.NONE;
    ChunkId damagedOn;
    final Map<ChunkId, DigestResult> digests = new LinkedHashMap<>();
    int queryLane = -1;
    long querySentNanos;
    int queryTried;

    /// The whole sectors to be written, once they are known.
    Payload sectors;
    int[] checksums;
    boolean roomChecked;
    /// A comparison for which the segments that lag were brought up as far as possible.
    boolean broughtUp;
    boolean wasSent;
    long counter;
    long sentNanos;
    int appliedMask;
    int noSpaceMask;
    int attempts;

    private Op(
            Kind kind,
            int offsetBytes,
            int lengthBytes,
            Payload data,
            boolean onlyZeros,
            long deadlineNanos,
            Completion<OpResult> completion) {
        if (offsetBytes < 0 || lengthBytes <= 0 || (long) offsetBytes + lengthBytes > Units.EXTENT_BYTES) {
            throw new IllegalArgumentException("outside of the extent: " + offsetBytes + "+" + lengthBytes);
        }
        this.kind = kind;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.from = offsetBytes / Units.SECTOR_BYTES * Units.SECTOR_BYTES;
        this.to = (offsetBytes + lengthBytes - 1) / Units.SECTOR_BYTES * Units.SECTOR_BYTES + Units.SECTOR_BYTES;
        this.data = data;
        this.onlyZeros = onlyZeros;
        this.deadlineNanos = deadlineNanos;
        this.completion = completion;
    }

    static Op read(int offsetBytes, int lengthBytes, long deadlineNanos, Completion<OpResult> completion) {
        return new Op(Kind.READ, offsetBytes, lengthBytes, null, false, deadlineNanos, completion);
    }

    /// @param data its one reference is the op's from now on
    static Op write(int offsetBytes, Payload data, long deadlineNanos, Completion<OpResult> completion) {
        return new Op(Kind.WRITE, offsetBytes, data.bytes().remaining(), data, false, deadlineNanos, completion);
    }

    /// A part of a sector becomes zeros: a write that an extent without data need not be given a place for.
    static Op zeroEdge(int offsetBytes, int lengthBytes, long deadlineNanos, Completion<OpResult> completion) {
        var zeros = Payload.unpooled(java.nio.ByteBuffer.allocate(lengthBytes));
        return new Op(Kind.WRITE, offsetBytes, lengthBytes, zeros, true, deadlineNanos, completion);
    }

    /// Whole sectors become zeros.
    static Op zero(
            int offsetBytes, int lengthBytes, boolean discard, long deadlineNanos, Completion<OpResult> completion) {
        var kind = discard ? Kind.DISCARD : Kind.ZERO;
        return new Op(kind, offsetBytes, lengthBytes, null, true, deadlineNanos, completion);
    }

    static Op status(int offsetBytes, int lengthBytes, long deadlineNanos, Completion<OpResult> completion) {
        return new Op(Kind.STATUS, offsetBytes, lengthBytes, null, false, deadlineNanos, completion);
    }

    static Op digest(long deadlineNanos, Completion<OpResult> completion) {
        return new Op(Kind.DIGEST, 0, Units.EXTENT_BYTES, null, false, deadlineNanos, completion);
    }

    static Op repair(int from, int to, ChunkId damagedOn, long deadlineNanos) {
        var op = new Op(Kind.REPAIR, from, to - from, null, false, deadlineNanos, result -> {});
        op.damagedOn = damagedOn;
        return op;
    }

    /// @return whether it changes the segments
    boolean writes() {
        return switch (kind) {
            case WRITE, ZERO, DISCARD, REPAIR -> true;
            case READ, STATUS, DIGEST -> false;
        };
    }

    /// @return whether an extent must be given a place for it
    boolean needsPlace() {
        return kind == Kind.WRITE && !onlyZeros;
    }

    boolean mayNeedRoom() {
        return kind == Kind.WRITE || kind == Kind.ZERO || kind == Kind.REPAIR;
    }

    boolean conflictsWith(Op other) {
        return from < other.to && other.from < to && (excludes() || other.excludes());
    }

    /// A comparison of the replicas needs the extent for itself, like a write.
    private boolean excludes() {
        return writes() || kind == Kind.DIGEST;
    }

    boolean wholeSectors() {
        return from == offsetBytes && to == offsetBytes + lengthBytes;
    }

    Payload data() {
        return data;
    }

    SegmentWrite.Kind segmentKind() {
        return switch (kind) {
            case ZERO -> SegmentWrite.Kind.ZERO;
            case DISCARD -> SegmentWrite.Kind.DISCARD;
            default -> SegmentWrite.Kind.DATA;
        };
    }

    Completion<OpResult> completion() {
        return completion;
    }

    /// Forgets what was fetched and merged, so that it starts anew.
    void restart() {
        for (Fetch fetch : fetches) {
            fetch.cancel();
        }
        fetches = Fetch.NONE;
        if (sectors != null) {
            sectors.release();
            sectors = null;
        }
        checksums = null;
        digests.clear();
        queryLane = -1;
        queryTried = 0;
        roomChecked = false;
        state = blockers == 0 ? State.READY : State.BLOCKED;
    }

    /// Drops all memory; the op must not be used after it.
    void discard() {
        for (Fetch fetch : fetches) {
            fetch.cancel();
        }
        if (sectors != null) {
            sectors.release();
            sectors = null;
        }
        if (data != null) {
            data.release();
        }
        state = State.OVER;
    }

    @Override
    public String toString() {
        return kind + " " + offsetBytes + "+" + lengthBytes + " " + state;
    }
}
