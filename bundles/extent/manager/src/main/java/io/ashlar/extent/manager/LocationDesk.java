package io.ashlar.extent.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Pid;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.manager.LocationRules.Claim;
import io.ashlar.extent.manager.LocationRules.Decision;
import io.ashlar.meta.MetaBatch;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/// Records what lease owners found out about their segments. Every answer `Changed` is durable. **Thread:** any.
final class LocationDesk {
    private final Ledger ledger;

    LocationDesk(Ledger ledger) {
        this.ledger = ledger;
    }

    ChangeResult synced(Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> keep) {
        return change(
                pid, epoch, locationVersion, floor, (row, claim) -> LocationRules.synced(row, claim, Set.copyOf(keep)));
    }

    ChangeResult removed(Pid pid, LeaseEpoch epoch, long locationVersion, Generation floor, Set<ChunkId> failed) {
        return change(
                pid,
                epoch,
                locationVersion,
                floor,
                (row, claim) -> LocationRules.removed(row, claim, Set.copyOf(failed)));
    }

    private ChangeResult change(
            Pid pid, LeaseEpoch epoch, long version, Generation floor, BiFunction<Pextent, Claim, Decision> rule) {
        return ledger.request(() -> {
            var known = ledger.table().physical(pid);
            if (known.isEmpty()) {
                return new ChangeResult.Unknown();
            }
            var hold = ledger.hold(List.of(known.get().lid()));
            try {
                var row = ledger.table().physical(pid); // it may have gone while the extent was waited for
                if (row.isEmpty()) {
                    return new ChangeResult.Unknown();
                }
                var inForce = ledger.leases().epochOf(row.get().lid(), ledger.nowNanos());
                return switch (rule.apply(row.get(), new Claim(inForce, epoch, version, floor))) {
                    case Decision.No(var answer) -> answer;
                    case Decision.Write(var changed) -> {
                        ledger.commit(hold, new MetaBatch().put(Rows.PEXTENTS, Rows.key(pid), Rows.encode(changed)));
                        yield new ChangeResult.Changed(changed.placed());
                    }
                };
            } finally {
                ledger.letGo(hold);
            }
        });
    }
}
