package io.ashlar.access.io;

import io.ashlar.access.IoFailure;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Lid;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The requests to one extent that are not over, and how they end.
final class Requests {
    interface Host {
        long now();

        void send(Action action);

        /// One is over: the extent gets on.
        void ended();
    }

    private static final int MAX_REPAIRS = 8;

    private final Lid lid;
    private final OwnerLimits limits;
    private final Host host;
    private final OpList ops = new OpList();
    private boolean aborted;
    private int repairs;
    private long lastUseNanos;

    Requests(Lid lid, OwnerLimits limits, Host host) {
        this.lid = lid;
        this.limits = limits;
        this.host = host;
    }

    boolean isEmpty() {
        return ops.isEmpty();
    }

    boolean idleSince(long nanos) {
        return ops.isEmpty() && lastUseNanos <= nanos;
    }

    /// @return whether one that is not answered is such
    boolean any(Predicate<Op> which) {
        for (Op op = ops.first(); op != null; op = op.next) {
            if (!op.answered && which.test(op)) {
                return true;
            }
        }
        return false;
    }

    void forEach(Consumer<Op> consumer) {
        ops.forEach(consumer);
    }

    Op pollReady() {
        return ops.pollReady();
    }

    void submitted(Op op) {
        lastUseNanos = host.now();
        if (aborted) {
            answer(op, OpResult.failed(IoFailure.Kind.SHUTTING_DOWN, "the access layer stops"));
            op.discard();
        } else {
            ops.add(op);
        }
    }

    /// Rewrites damaged sectors from a good replica, as a write of the owner's own.
    void submitRepair(int from, int to, ChunkId damagedOn) {
        if (repairs < MAX_REPAIRS && !any(op -> op.kind == Op.Kind.REPAIR && op.from < to && from < op.to)) {
            repairs++;
            ops.add(Op.repair(from, to, damagedOn, host.now() + 2 * limits.callNanos()));
        }
    }

    // ---- how they end ---------------------------------------------------------------------------------------------

    void answer(Op op, OpResult result) {
        if (!op.answered) {
            op.answered = true;
            host.send(new Action.Answer(op.completion(), result));
        }
    }

    /// Nothing is left of the op.
    void over(Op op) {
        if (op.kind == Op.Kind.REPAIR) {
            repairs--;
        }
        op.discard();
        ops.remove(op);
        lastUseNanos = host.now();
        host.ended();
    }

    void fail(Op op, IoFailure.Kind kind, String why) {
        answer(op, OpResult.failed(kind, why));
        over(op);
    }

    /// Answers an op; a write that may have reached chunks keeps its range until a sync has made them equal.
    private void giveUp(Op op, OpResult why) {
        answer(op, why);
        if (op.state != Op.State.SENT && op.state != Op.State.UNRESOLVED) {
            over(op);
        }
    }

    void giveUpAll(IoFailure.Kind kind, String why, boolean onlyThoseThatNeedPlace) {
        ops.forEach(op -> {
            if (!op.answered && (op.needsPlace() || !onlyThoseThatNeedPlace)) {
                giveUp(op, OpResult.failed(kind, why));
            }
        });
    }

    /// @param trouble what keeps the extent from being served; may be empty
    void giveUpOverdue(String trouble) {
        ops.forEach(op -> {
            if (!op.answered && op.deadlineNanos <= host.now()) {
                giveUp(
                        op,
                        OpResult.failed(
                                IoFailure.Kind.IO,
                                "extent " + lid + " was not served in time"
                                        + (trouble.isEmpty() ? "" : ": " + trouble)));
            }
        });
    }

    /// Ends all, and whatever comes later.
    void abort(String why) {
        aborted = true;
        ops.forEach(op -> fail(op, IoFailure.Kind.SHUTTING_DOWN, why));
    }

    /// Answers what an extent that was never written can answer.
    ///
    /// @return whether writes are left that need a place
    boolean answerBlank(Buffers buffers) {
        var writes = new ArrayDeque<Op>();
        for (Op op = ops.pollReady(); op != null; op = ops.pollReady()) {
            if (op.needsPlace()) {
                writes.addFirst(op);
            } else {
                answer(op, blankResult(op, buffers));
                over(op);
            }
        }
        writes.forEach(ops::putBack);
        return !writes.isEmpty();
    }

    private static OpResult blankResult(Op op, Buffers buffers) {
        return switch (op.kind) {
            case READ -> new OpResult.Data(buffers.zeros(op.lengthBytes));
            case STATUS -> new OpResult.Blocks(new BitSet());
            case DIGEST -> new OpResult.Compared(Optional.empty());
            case WRITE, ZERO, DISCARD, REPAIR -> OpResult.DONE;
        };
    }

    // ---- back to those that may start -----------------------------------------------------------------------------

    void again(Op op) {
        op.restart();
        ops.putBack(op);
    }

    /// Whatever was begun and not sent starts anew, in the order of arrival.
    void restartUnsent() {
        ops.forEach(op -> {
            if (op.state == Op.State.FETCHING || op.state == Op.State.HELD || op.state == Op.State.READY) {
                op.restart();
            }
        });
        ops.rebuildReady();
    }
}
