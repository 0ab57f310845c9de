package io.ashlar.access.nbd;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Decides whether one connection may take the next request: by number, by its bytes, and by the bytes of all.
///
/// **Thread:** the connection's event loop.
final class Admission {
    private final Limits limits;
    private final Budget budget;
    private final Executor loop;
    private final Runnable mayContinue;

    private int requests;
    private long bytes;
    private Budget.Claim waiting;
    private long grantedBytes;
    private boolean closed;

    /// @param mayContinue called on the loop when a request that had to wait for the others' memory may be tried again
    Admission(Limits limits, Budget budget, Executor loop, Runnable mayContinue) {
        this.limits = limits;
        this.budget = budget;
        this.loop = loop;
        this.mayContinue = mayContinue;
    }

    /// After a "no" the same request is tried again, after [#done] or when told to continue.
    boolean admit(long requestBytes) {
        if (waiting != null || requests >= limits.requestsPerConnection()) {
            return false;
        }
        if (bytes > 0 && bytes + requestBytes > limits.bytesPerConnection()) {
            return false;
        }
        if (requestBytes > 0 && grantedBytes == 0 && !takeFromAll(requestBytes)) {
            return false;
        }
        grantedBytes = 0;
        requests++;
        bytes += requestBytes;
        return true;
    }

    void done(long requestBytes) {
        requests--;
        bytes -= requestBytes;
        if (requestBytes > 0) {
            budget.giveBack(requestBytes);
        }
    }

    boolean isIdle() {
        return requests == 0;
    }

    long bytes() {
        return bytes;
    }

    /// No further request is admitted; those in flight still report [#done].
    void close() {
        closed = true;
        if (waiting != null && budget.cancel(waiting)) {
            waiting = null;
        }
        if (grantedBytes > 0) {
            budget.giveBack(grantedBytes);
            grantedBytes = 0;
        }
    }

    private boolean takeFromAll(long requestBytes) {
        var claim = new Budget.Claim(requestBytes, () -> grantedElsewhere(requestBytes));
        waiting = claim; // before it is in line: a grant may come at once from another thread
        if (budget.take(claim)) {
            waiting = null;
            return true;
        }
        return false;
    }

    private void grantedElsewhere(long requestBytes) {
        try {
            loop.execute(() -> accept(requestBytes));
        } catch (RejectedExecutionException e) {
            budget.giveBack(requestBytes); // the server has stopped
        }
    }

    private void accept(long requestBytes) {
        waiting = null;
        if (closed) {
            budget.giveBack(requestBytes);
            return;
        }
        grantedBytes = requestBytes;
        mayContinue.run();
    }
}
