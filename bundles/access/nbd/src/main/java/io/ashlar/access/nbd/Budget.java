package io.ashlar.access.nbd;

import java.util.ArrayDeque;

/// The memory that all connections together may claim. Whoever finds too little left waits in line; memory that comes
/// back is given to the first in line, so that large requests are not starved by small ones.
///
/// **Thread:** any. A grant is told on the thread that gave memory back.
final class Budget {
    /// One claim that waits; also its place in the line.
    static final class Claim {
        private final long bytes;
        private final Runnable granted;

        Claim(long bytes, Runnable granted) {
            this.bytes = bytes;
            this.granted = granted;
        }
    }

    private final long limit;
    private final ArrayDeque<Claim> line = new ArrayDeque<>();
    private long used;

    /// @param limit not less than the largest single claim, else that would wait for ever
    Budget(long limit) {
        this.limit = limit;
    }

    /// @return true: the memory is the caller's; false: it waits in line until its `granted` is called or it cancels
    synchronized boolean take(Claim claim) {
        if (line.isEmpty() && used + claim.bytes <= limit) {
            used += claim.bytes;
            return true;
        }
        line.add(claim);
        return false;
    }

    /// @return false when the claim no longer waits: it was granted, and the memory has to be given back
    synchronized boolean cancel(Claim claim) {
        return line.remove(claim);
    }

    void giveBack(long bytes) {
        synchronized (this) {
            used -= bytes;
        }
        for (Claim next = nextThatFits(); next != null; next = nextThatFits()) {
            next.granted.run();
        }
    }

    /// @return whether somebody waits
    synchronized boolean isShort() {
        return !line.isEmpty();
    }

    synchronized long used() {
        return used;
    }

    private synchronized Claim nextThatFits() {
        if (line.isEmpty() || used + line.peek().bytes > limit) {
            return null;
        }
        var next = line.poll();
        used += next.bytes;
        return next;
    }
}
