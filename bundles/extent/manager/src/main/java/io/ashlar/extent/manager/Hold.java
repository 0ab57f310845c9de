package io.ashlar.extent.manager;

import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.meta.MetaBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Extents that one caller changes: nobody else's change of them begins before it is let go. Guarded by the manager's
/// lock.
final class Hold {
    private final Set<Lid> lids;
    private final List<Pid> pids = new ArrayList<>();
    private final List<Runnable> atEnd = new ArrayList<>();
    private MetaBatch doubt;
    private boolean ended;

    Hold(Set<Lid> lids) {
        this.lids = Set.copyOf(lids);
    }

    Set<Lid> lids() {
        return lids;
    }

    /// @return pids that were taken for these extents and are perhaps not in the table yet
    List<Pid> pids() {
        return pids;
    }

    /// Has an action done when the outcome of all changes is known and the extents are let go.
    void atEnd(Runnable action) {
        atEnd.add(action);
    }

    /// @return false when it had ended before
    boolean end() {
        if (ended) {
            return false;
        }
        ended = true;
        atEnd.forEach(Runnable::run);
        return true;
    }

    /// Notes a batch that may or may not be in the store; the extents stay held until that is known.
    void doubt(MetaBatch batch) {
        doubt = batch;
    }

    Optional<MetaBatch> doubt() {
        return Optional.ofNullable(doubt);
    }

    void settled() {
        doubt = null;
    }
}
