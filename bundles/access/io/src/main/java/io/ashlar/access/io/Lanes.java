package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Pid;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The writes of one extent under one lease epoch: a lane for each good segment, in which writes go out in the order of
/// their generations without waiting for each other.
///
/// A write is acknowledged when every *listed* segment has it (AC-07). A segment that failed a write, or did not answer
/// in time, gets nothing more and is not read; it leaves the list only when its removal is recorded, and removal is
/// asked for only when every other segment is known to have the write that it lacks (AC-10). Segments are numbered; a
/// set of them is a bit mask.
final class Lanes {
    /// What lanes ask of their extent.
    interface Host {
        void written(Op op);

        void fenced(LeaseEpoch highest);

        /// No segment is known to have what was sent.
        void unsure(String why);

        void remove(Set<ChunkId> failed, Generation floor, String why);

        void send(Action action);

        boolean leaseProven();
    }

    private static final class Lane {
        final ChunkId chunk;
        final int bit;
        boolean suspect;
        String why = "";
        /// Counter of the last write that was sent (again).
        long sentUpTo;
        int outstanding;
        /// A write was not admitted: nothing is sent until all answers are in, then again from there.
        boolean rewinding;
        boolean excused;
        long resumeNanos;

        Lane(ChunkId chunk, int index, long sentUpTo) {
            this.chunk = chunk;
            this.bit = 1 << index;
            this.sentUpTo = sentUpTo;
        }
    }

    final LeaseEpoch epoch;
    private final Pid pid;
    private final Host host;
    private final OwnerView view;
    private final OwnerLimits limits;
    private final List<Lane> lanes = new ArrayList<>();
    /// Sent and not known to be on all listed segments: what a crash can leave unequal. Bounded, so that a laggard can
    /// always be brought up by one [SegmentAdvance].
    private final ArrayDeque<Op> inFlight = new ArrayDeque<>();
    private long inFlightBytes;
    private final ArrayDeque<Op> held = new ArrayDeque<>();
    private int listed;
    private int suspects;
    private int beingRemoved;
    private long counter;
    private boolean abandoned;

    Lanes(Pid pid, Generation start, Collection<ChunkId> good, Host host, OwnerView view, OwnerLimits limits) {
        this.pid = pid;
        this.epoch = start.epoch();
        this.counter = start.counter();
        this.host = host;
        this.view = view;
        this.limits = limits;
        for (ChunkId chunk : good) {
            lanes.add(new Lane(chunk, lanes.size(), counter));
        }
        listed = (1 << lanes.size()) - 1;
    }

    int count() {
        return lanes.size();
    }

    ChunkId chunk(int lane) {
        return lanes.get(lane).chunk;
    }

    /// @return whether the segment has every acknowledged write, so that it may be read
    boolean readable(int lane) {
        return (listed & ~suspects & 1 << lane) != 0;
    }

    boolean anyScarce() {
        for (Lane lane : lanes) {
            if (readable(Integer.numberOfTrailingZeros(lane.bit)) && view.scarce(lane.chunk)) {
                return true;
            }
        }
        return false;
    }

    boolean idle() {
        return inFlight.isEmpty();
    }

    /// Sends a write at once, or as soon as enough earlier ones are on all listed segments.
    void offer(Op op, long now) {
        if (held.isEmpty() && mayGo(op)) {
            issue(op, now);
        } else {
            op.state = Op.State.HELD;
            held.add(op);
        }
    }

    private boolean mayGo(Op op) {
        return inFlight.isEmpty()
                || (inFlight.size() < SegmentAdvance.MAX_PATCHES
                        && inFlightBytes + dataBytes(op) <= SegmentAdvance.MAX_DATA_BYTES);
    }

    private static int dataBytes(Op op) {
        return op.segmentKind() == SegmentWrite.Kind.DATA ? op.to - op.from : 0;
    }

    private void sendHeld(long now) {
        while (!held.isEmpty() && !abandoned) {
            Op op = held.peek();
            if (op.state == Op.State.HELD) {
                if (!mayGo(op) || !host.leaseProven()) {
                    return;
                }
                held.poll();
                issue(op, now);
            } else {
                held.poll(); // given up meanwhile
            }
        }
    }

    /// Gives the write the next generation and sends it everywhere.
    void issue(Op op, long now) {
        op.counter = ++counter;
        op.appliedMask = 0;
        op.noSpaceMask = 0;
        op.sentNanos = now;
        op.attempts++;
        op.wasSent = true;
        op.state = Op.State.SENT;
        inFlight.add(op);
        inFlightBytes += dataBytes(op);
        for (Lane lane : lanes) {
            pump(lane, now);
        }
        settle();
    }

    private void pump(Lane lane, long now) {
        if ((listed & ~suspects & lane.bit) == 0
                || lane.rewinding
                || now < lane.resumeNanos
                || lane.sentUpTo == counter) {
            return;
        }
        switch (view.presence(lane.chunk)) {
            case GONE -> suspect(lane, "is stopped");
            case AWAITED -> lane.resumeNanos = now + limits.pauseNanos();
            case PRESENT -> {
                if (lane.sentUpTo == counter - 1) {
                    send(lane, inFlight.getLast());
                } else {
                    for (Op op : inFlight) {
                        if (op.counter > lane.sentUpTo) {
                            send(lane, op);
                        }
                    }
                }
            }
        }
    }

    private void send(Lane lane, Op op) {
        lane.sentUpTo = op.counter;
        lane.outstanding++;
        var write =
                new SegmentWrite(pid, new Generation(epoch, op.counter), op.segmentKind(), op.from, op.to - op.from);
        int index = Integer.numberOfTrailingZeros(lane.bit);
        host.send(new Action.SendWrite(op, index, lane.chunk, write, op.sectors, op.checksums));
    }

    void answered(Op op, int index, WriteResult result, long now) {
        Lane lane = lanes.get(index);
        lane.outstanding--;
        switch (result) {
            case WriteResult.Applied applied -> op.appliedMask |= lane.bit;
            case WriteResult.Fenced(var highest) -> {
                host.fenced(highest);
                return;
            }
            case WriteResult.Busy() -> rewind(lane, true);
            case WriteResult.NoSpace noSpace -> {
                op.noSpaceMask |= lane.bit;
                rewind(lane, true);
            }
            case WriteResult.OutOfOrder outOfOrder -> rewind(lane, false);
            case WriteResult.Missing() -> suspect(lane, "has lost the segment");
            case WriteResult.Failed(var cause) -> suspect(lane, "failed: " + cause.getMessage());
        }
        if (lane.rewinding && lane.outstanding == 0) {
            resend(lane, now);
        }
        acknowledge(op);
        settle();
        sendHeld(now);
    }

    /// @param excused the chunk said that it did not take a write; else only such an answer to an earlier write excuses
    ///     this
    private static void rewind(Lane lane, boolean excused) {
        lane.rewinding = true;
        lane.excused |= excused;
    }

    private void resend(Lane lane, long now) {
        lane.rewinding = false;
        if (!lane.excused) {
            suspect(lane, "is out of order");
            return;
        }
        lane.excused = false;
        lane.resumeNanos = now + limits.pauseNanos();
        for (Op op : inFlight) {
            if ((op.appliedMask & lane.bit) == 0) {
                lane.sentUpTo = op.counter - 1;
                break;
            }
        }
    }

    private void acknowledge(Op op) {
        if (op.state == Op.State.SENT && (op.appliedMask & listed) == listed) {
            if (inFlight.peek() == op) {
                inFlight.poll();
            } else {
                inFlight.remove(op);
            }
            inFlightBytes -= dataBytes(op);
            host.written(op);
        }
    }

    private void suspect(Lane lane, String why) {
        if (!lane.suspect) {
            lane.suspect = true;
            lane.why = why;
            suspects |= lane.bit;
        }
    }

    /// Decides about segments that failed, as far as all others have answered.
    private void settle() {
        int open = suspects & listed;
        if (open == 0 || abandoned) {
            return;
        }
        if (open == listed) {
            host.unsure("no replica took a write: " + whys(open));
            return;
        }
        if (beingRemoved != 0) {
            return;
        }
        int others = listed & ~open;
        for (Op op : inFlight) {
            int lacking = open & ~op.appliedMask;
            if ((op.appliedMask & others) != others) {
                return;
            }
            if (lacking != 0) {
                beingRemoved = lacking;
                host.remove(chunks(lacking), new Generation(epoch, op.counter), whys(lacking));
                return;
            }
        }
    }

    /// The removal that was asked for is recorded.
    void removed(long now) {
        listed &= ~beingRemoved;
        beingRemoved = 0;
        for (Op op : List.copyOf(inFlight)) {
            acknowledge(op);
        }
        settle();
        sendHeld(now);
    }

    void tick(long now) {
        for (Op op : inFlight) {
            if (now - op.sentNanos < limits.writeNanos()) {
                break;
            }
            for (Lane lane : lanes) {
                if ((op.appliedMask & lane.bit) == 0) {
                    boolean full = (op.noSpaceMask & lane.bit) != 0;
                    suspect(lane, full ? "has no room" : "did not answer in time");
                }
            }
        }
        for (Lane lane : lanes) {
            pump(lane, now);
        }
        noRoomAnywhere();
        settle();
        sendHeld(now);
    }

    /// Full is not failed (S13): when no segment at all has room for a write, none is removed for it.
    private void noRoomAnywhere() {
        Op head = inFlight.peek();
        if (head != null
                && head.noSpaceMask != 0
                && head.appliedMask == 0
                && (head.noSpaceMask & listed & ~suspects) == (listed & ~suspects)) {
            host.unsure("no replica has room for a new block");
        }
    }

    /// @return the writes whose outcome is unknown, in the order of their generations; they are taken out
    List<Op> abandon() {
        abandoned = true;
        var ops = new ArrayList<>(inFlight);
        inFlight.clear();
        held.clear();
        return ops;
    }

    private Set<ChunkId> chunks(int mask) {
        var chunks = new TreeSet<ChunkId>();
        for (Lane lane : lanes) {
            if ((mask & lane.bit) != 0) {
                chunks.add(lane.chunk);
            }
        }
        return chunks;
    }

    private String whys(int mask) {
        var text = new StringBuilder();
        for (Lane lane : lanes) {
            if ((mask & lane.bit) != 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(lane.chunk)
                        .append(' ')
                        .append(lane.why);
            }
        }
        return text.toString();
    }
}
