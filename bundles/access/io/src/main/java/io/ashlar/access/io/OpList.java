package io.ashlar.access.io;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/// The ops of one extent in the order of their arrival, with the range lock that follows from it: an op starts when no
/// earlier one that is not over overlaps it, unless neither changes anything. So overlapping writes are done in order,
/// and no read sees a write in flight (S4, EM-32).
final class OpList {
    private final ArrayDeque<Op> ready = new ArrayDeque<>();
    private Op first;
    private Op last;
    private int size;

    void add(Op op) {
        for (Op earlier = first; earlier != null; earlier = earlier.next) {
            if (op.conflictsWith(earlier)) {
                op.blockers++;
            }
        }
        op.previous = last;
        if (last == null) {
            first = op;
        } else {
            last.next = op;
        }
        last = op;
        size++;
        if (op.blockers == 0) {
            makeReady(op);
        }
    }

    /// Takes out an op that is over; those that only waited for it become ready.
    void remove(Op op) {
        if (op.previous == null) {
            first = op.next;
        } else {
            op.previous.next = op.next;
        }
        if (op.next == null) {
            last = op.previous;
        } else {
            op.next.previous = op.previous;
        }
        size--;
        for (Op later = op.next; later != null; later = later.next) {
            if (later.blockers > 0
                    && later.conflictsWith(op)
                    && --later.blockers == 0
                    && later.state == Op.State.BLOCKED) {
                makeReady(later);
            }
        }
    }

    private void makeReady(Op op) {
        op.state = Op.State.READY;
        ready.add(op);
    }

    /// @return the next op that may start, or null; it may be over already
    Op pollReady() {
        Op op = ready.poll();
        while (op != null && op.state != Op.State.READY) {
            op = ready.poll();
        }
        return op;
    }

    void putBack(Op op) {
        ready.addFirst(op);
    }

    /// All ready ones anew in the order of arrival, after some were set back.
    void rebuildReady() {
        ready.clear();
        for (Op op = first; op != null; op = op.next) {
            if (op.state == Op.State.READY) {
                ready.add(op);
            }
        }
    }

    /// The consumer may remove the op that it is given.
    void forEach(Consumer<Op> consumer) {
        Op op = first;
        while (op != null) {
            Op following = op.next;
            consumer.accept(op);
            op = following;
        }
    }

    Op first() {
        return first;
    }

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }
}
