package io.ashlar.access.io;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.ReadResult;

/// Reads ranges and block maps of one extent under one lease epoch: one good replica after the other until one has
/// answered (AC-06).
final class Fetcher {
    interface Host {
        void fetched(Op op);

        /// No replica could be read.
        void unreadable(Op op, String why);

        void fenced(LeaseEpoch highest);

        void send(Action action);
    }

    private final Pid pid;
    private final Lanes lanes;
    private final int firstLane;
    private final Host host;
    private final OwnerView view;
    private final OwnerLimits limits;

    /// @param rotation extents with different numbers begin with different replicas
    Fetcher(Pid pid, Lanes lanes, long rotation, Host host, OwnerView view, OwnerLimits limits) {
        this.pid = pid;
        this.lanes = lanes;
        this.firstLane = (int) Math.floorMod(rotation, (long) lanes.count());
        this.host = host;
        this.view = view;
        this.limits = limits;
    }

    void begin(Op op, Fetch[] fetches, long now) {
        op.state = Op.State.FETCHING;
        op.fetches = fetches;
        for (Fetch fetch : fetches) {
            if (op.state == Op.State.FETCHING) {
                next(fetch, now);
            }
        }
    }

    private void next(Fetch fetch, long now) {
        boolean awaited = false;
        for (int i = 0; i < lanes.count(); i++) {
            int lane = (firstLane + i) % lanes.count();
            if ((fetch.triedMask & 1 << lane) != 0 || !lanes.readable(lane)) {
                continue;
            }
            if (lanes.chunk(lane).equals(fetch.op.damagedOn)) {
                continue;
            }
            switch (view.presence(lanes.chunk(lane))) {
                case PRESENT -> {
                    send(fetch, lane, now);
                    return;
                }
                case AWAITED -> awaited = true;
                case GONE -> tried(fetch, lane, "is stopped");
            }
        }
        if (awaited || fetch.retryNanos > now) {
            fetch.retryNanos = Math.max(fetch.retryNanos, now + limits.pauseNanos());
        } else {
            host.unreadable(fetch.op, fetch.troubles());
        }
    }

    private void tried(Fetch fetch, int lane, String why) {
        fetch.triedMask |= 1 << lane;
        fetch.trouble(lanes.chunk(lane) + " " + why);
    }

    private void send(Fetch fetch, int lane, long now) {
        fetch.lane = lane;
        fetch.sentNanos = now;
        fetch.attempt++;
        host.send(new Action.SendRead(
                fetch, fetch.attempt, lanes.chunk(lane), pid, lanes.epoch, fetch.offsetBytes, fetch.lengthBytes));
    }

    void answered(Fetch fetch, int attempt, ReadResult result, Payload bytes, long now) {
        if (attempt != fetch.attempt || !fetch.waiting()) {
            bytes.release();
            return;
        }
        int lane = fetch.lane;
        fetch.lane = -1;
        if (result instanceof ReadResult.Done) {
            fetch.bytes = bytes;
            for (Fetch other : fetch.op.fetches) {
                if (!other.done()) {
                    return;
                }
            }
            host.fetched(fetch.op);
            return;
        }
        bytes.release();
        switch (result) {
            case ReadResult.Fenced(var highest) -> {
                host.fenced(highest);
                return;
            }
            case ReadResult.Damaged(var offset) -> {
                tried(fetch, lane, "is damaged at " + offset);
                if (fetch.damagedMask == 0) {
                    fetch.firstBadBytes = offset;
                }
                fetch.damagedMask |= 1 << lane;
            }
            case ReadResult.Busy() -> fetch.retryNanos = now + limits.pauseNanos();
            case ReadResult.Missing() -> tried(fetch, lane, "has lost the segment");
            case ReadResult.Failed(var cause) -> tried(fetch, lane, "failed: " + cause.getMessage());
            case ReadResult.Done() -> throw new IllegalStateException("handled above");
        }
        if (!(result instanceof ReadResult.Busy)) {
            next(fetch, now);
        }
    }

    /// Asks for the block map that a status, or a write into a chunk with little room, needs.
    void askBlocks(Op op, long now) {
        op.state = Op.State.FETCHING;
        for (int i = 0; i < lanes.count(); i++) {
            int lane = (firstLane + i) % lanes.count();
            boolean there = view.presence(lanes.chunk(lane)) == OwnerView.Presence.PRESENT;
            if (there && lanes.readable(lane) && (op.queryTried & 1 << lane) == 0) {
                op.queryLane = lane;
                op.querySentNanos = now;
                host.send(new Action.SendBlocks(op, lane, lanes.chunk(lane), pid, lanes.epoch));
                return;
            }
        }
        host.unreadable(op, "no replica tells its block map");
    }

    /// @return whether the op has got its map
    boolean blocksAnswered(Op op, int lane, BlockMapResult result, long now) {
        if (op.state != Op.State.FETCHING || op.queryLane != lane) {
            return false;
        }
        op.queryLane = -1;
        switch (result) {
            case BlockMapResult.Map map -> {
                return true;
            }
            case BlockMapResult.Fenced(var highest) -> host.fenced(highest);
            case BlockMapResult.Missing missing -> askNext(op, lane, now);
            case BlockMapResult.Failed failed -> askNext(op, lane, now);
        }
        return false;
    }

    private void askNext(Op op, int lane, long now) {
        op.queryTried |= 1 << lane;
        askBlocks(op, now);
    }

    void tick(Op op, long now) {
        if (op.queryLane >= 0 && now - op.querySentNanos >= limits.readNanos()) {
            int lane = op.queryLane;
            op.queryLane = -1;
            askNext(op, lane, now);
        }
        for (Fetch fetch : op.fetches) {
            if (op.state != Op.State.FETCHING) {
                return;
            }
            if (fetch.waiting() && now - fetch.sentNanos >= limits.readNanos()) {
                tried(fetch, fetch.lane, "did not answer in time");
                fetch.lane = -1;
                fetch.attempt++;
                next(fetch, now);
            } else if (!fetch.waiting() && !fetch.done() && now >= fetch.retryNanos) {
                next(fetch, now);
            }
        }
    }
}
