package io.ashlar.extent.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.extent.ExtentTotals;
import java.util.List;
import java.util.Set;

/// What operators and chunks ask for. **Thread:** any.
final class Views {
    private static final int MAX_HELD = 10_000;

    private final Ledger ledger;
    private final Allocator allocator;

    Views(Ledger ledger, Allocator allocator) {
        this.ledger = ledger;
        this.allocator = allocator;
    }

    List<Lid> ofVolume(long volumeId) {
        return ledger.answer(() -> ledger.table().ofVolume(volumeId));
    }

    List<ExtentInfo> describe(List<Lid> lids) {
        var alive = allocator.alive();
        return ledger.answer(() -> lids.stream()
                .flatMap(lid -> ledger.table().logical(lid).stream())
                .map(row -> info(row, alive))
                .toList());
    }

    private ExtentInfo info(Lextent row, Set<ChunkId> alive) {
        var place = ledger.table().placeOf(row);
        var location = place.map(Pextent::location).orElse(List.of());
        long now = ledger.nowNanos();
        return new ExtentInfo(
                row.lid(),
                row.pid(),
                location,
                location.stream().filter(alive::contains).toList(),
                place.map(Pextent::locationVersion).orElse(0L),
                place.map(Pextent::floor).orElse(Generation.ZERO),
                ledger.leases()
                        .epochOf(row.lid(), now)
                        .orElse(place.map(Pextent::epoch).orElse(LeaseEpoch.NONE)),
                ledger.leases().nodeOf(row.lid(), now).orElse(""),
                row.replicas(),
                row.provision(),
                place.map(Pextent::policy).orElse(row.placement()),
                place.map(Pextent::why).orElse(""));
    }

    List<Pid> garbage(List<Pid> held) {
        if (held.size() > MAX_HELD) {
            throw new IllegalArgumentException(held.size() + " pids at a time, at most " + MAX_HELD);
        }
        return ledger.answer(() -> held.stream().filter(ledger::wasDeleted).toList());
    }

    ExtentTotals totals() {
        var alive = allocator.alive();
        return ledger.answer(() -> ledger.table().totals(alive, ledger.leases().leaseCount()));
    }
}
