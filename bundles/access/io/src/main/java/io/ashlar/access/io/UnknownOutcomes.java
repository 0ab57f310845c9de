package io.ashlar.access.io;

import io.ashlar.access.IoFailure;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.extent.PlacedExtent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Writes that may have reached chunks under an earlier epoch, in order, and whether they may be sent again (S4).
final class UnknownOutcomes {
    private final Lid lid;
    private final Requests requests;
    private List<Op> writes = new ArrayList<>();
    /// Epochs whose sync may have been recorded by this owner.
    private final Set<LeaseEpoch> ownEpochs = new HashSet<>();

    UnknownOutcomes(Lid lid, Requests requests) {
        this.lid = lid;
        this.requests = requests;
    }

    boolean isEmpty() {
        return writes.isEmpty();
    }

    void add(Op op) {
        op.state = Op.State.UNRESOLVED;
        writes.add(op);
    }

    /// A sync under this epoch is about to be recorded.
    void recording(LeaseEpoch epoch) {
        ownEpochs.add(epoch);
    }

    /// @return all, in order; none is left
    List<Op> take() {
        var taken = writes;
        writes = new ArrayList<>();
        return taken;
    }

    void forget() {
        writes.clear();
    }

    /// If the floor was recorded under somebody else's epoch, others have served the extent in between, and perhaps
    /// seen or overwritten a write of unknown outcome: it must not be sent again. Else nobody saw anything, and it may.
    ///
    /// @param placed null when the extent has no place
    void failIfOthersServed(PlacedExtent placed) {
        if (placed != null && ownEpochs.contains(placed.floor().epoch())) {
            ownEpochs.removeIf(own -> own.compareTo(placed.floor().epoch()) < 0);
            return;
        }
        ownEpochs.clear();
        for (Op op : take()) {
            requests.fail(
                    op,
                    IoFailure.Kind.IO,
                    "extent " + lid
                            + " changed its owner while the write was on its way; whether it was done is unknown");
        }
    }
}
