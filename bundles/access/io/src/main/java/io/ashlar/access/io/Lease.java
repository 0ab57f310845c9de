package io.ashlar.access.io;

import io.ashlar.base.LeaseEpoch;

/// The lease of one extent as its owner knows it, and which epochs must not be used any more.
final class Lease {
    private long session;
    private LeaseEpoch epoch = LeaseEpoch.NONE;
    private LeaseEpoch mustExceed;
    /// Not null: the lease is held, and a higher epoch is to be asked for.
    private LeaseEpoch renewFrom;

    /// @param mustExceed an epoch under which writes may be on their way that this owner knows nothing of
    Lease(LeaseEpoch mustExceed) {
        this.mustExceed = mustExceed;
    }

    boolean held() {
        return !epoch.equals(LeaseEpoch.NONE);
    }

    /// @return [LeaseEpoch#NONE] when it is not held
    LeaseEpoch epoch() {
        return epoch;
    }

    /// @return number of the session that it was granted to
    long session() {
        return session;
    }

    /// @return the highest epoch that writes may be on their way under
    LeaseEpoch highest() {
        return epoch.compareTo(mustExceed) > 0 ? epoch : mustExceed;
    }

    /// @param toWrite whether the extent must be given a place
    Action ask(int ticket, boolean toWrite) {
        return renewFrom != null ? new Action.AskRenewEpoch(ticket, renewFrom) : new Action.AskAcquire(ticket, toWrite);
    }

    /// There is an answer, or none will come: what is asked for next begins anew.
    void asked() {
        renewFrom = null;
    }

    /// @return whether the epoch may be used; else a higher one is to be asked for
    boolean granted(long toSession, LeaseEpoch newEpoch) {
        if (newEpoch.compareTo(mustExceed) <= 0) {
            renewFrom = newEpoch;
            return false;
        }
        session = toSession;
        epoch = newEpoch;
        return true;
    }

    /// It is kept, but its epoch is not used any more: a higher one is to be asked for.
    void renew() {
        raise(epoch);
        renewFrom = epoch;
    }

    /// @param seen an epoch that somebody else uses; or [LeaseEpoch#NONE]
    void lost(LeaseEpoch seen) {
        raise(epoch);
        raise(seen);
        epoch = LeaseEpoch.NONE;
        renewFrom = null;
    }

    private void raise(LeaseEpoch least) {
        if (least.compareTo(mustExceed) > 0) {
            mustExceed = least;
        }
    }
}
