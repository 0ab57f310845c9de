package io.ashlar.access.io;

import java.util.List;

/// The removal of failed segments from an extent's location, one at a time: asked for again until there is a definite
/// answer, since what a lost answer said is unknown.
final class Removal {
    /// Without its ticket, which is new each time; null when nothing is to be removed.
    private Action.AskRemove wanted;
    /// Of the call that is under way; 0 while there is none.
    private int ticket;
    private long sinceNanos;

    void begin(Action.AskRemove removal, int newTicket, long now, List<Action> out) {
        wanted = removal;
        ask(newTicket, now, out);
    }

    void ask(int newTicket, long now, List<Action> out) {
        ticket = newTicket;
        sinceNanos = now;
        out.add(new Action.AskRemove(
                ticket, wanted.pid(), wanted.epoch(), wanted.locationVersion(), wanted.floor(), wanted.failed()));
    }

    /// There is an answer, or none is needed any more.
    void end() {
        wanted = null;
    }

    boolean waitsFor(int which) {
        return wanted != null && ticket != 0 && ticket == which;
    }

    void callFailed(long retryNanos) {
        ticket = 0;
        sinceNanos = retryNanos;
    }

    /// @return whether the manager had its time
    boolean overdue(long now, OwnerLimits limits) {
        return wanted != null && ticket != 0 && now - sinceNanos >= limits.callNanos();
    }

    /// @return whether it is to be asked for again
    boolean due(long now) {
        return wanted != null && ticket == 0 && now >= sinceNanos;
    }
}
