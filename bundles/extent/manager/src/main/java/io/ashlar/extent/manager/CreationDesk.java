package io.ashlar.extent.manager;

import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.manager.Allocator.Reserved;
import io.ashlar.meta.MetaBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes and deletes extents, many to a commit. **Thread:** any, but [#retryUndo] under the lock.
final class CreationDesk {
    /// So many extents are made or deleted by one commit.
    static final int BATCH_EXTENTS = 1024;

    /// More than a volume can have.
    static final int MAX_EXTENTS = 1 << 20;

    private final Ledger ledger;
    private final Allocator allocator;
    /// Extents of creations that failed and could not be undone at once. Guarded by the ledger's lock.
    private final List<Lid> leftovers = new ArrayList<>();

    CreationDesk(Ledger ledger, Allocator allocator) {
        this.ledger = ledger;
        this.allocator = allocator;
    }

    Outcome<List<Lid>> create(ExtentSpec spec, int count) {
        if (count < 0 || count > MAX_EXTENTS || spec.replicas() < 1 || spec.replicas() > 255) {
            throw new IllegalArgumentException(count + " extents of " + spec);
        }
        var provision = allocator.provisionOfNew(spec.provision());
        if (provision.atCreation()) {
            var hopeless = allocator.hopeless(spec.replicas(), provision, count);
            if (hopeless.isPresent()) {
                return noSpace(hopeless.get());
            }
        }
        var made = new ArrayList<Lid>(count);
        boolean whole = false;
        try {
            while (made.size() < count) {
                int batch = Math.min(BATCH_EXTENTS, count - made.size());
                var refusal = ledger.request(() -> createBatch(spec, provision, batch, made));
                if (refusal.isPresent()) {
                    return refused(refusal.get());
                }
            }
            whole = true;
            return Outcome.ok(List.copyOf(made));
        } finally {
            if (!whole) {
                undo(made);
            }
        }
    }

    /// @param made takes the new lids as soon as they may be in the store
    private Optional<Reserved.Refused> createBatch(ExtentSpec spec, Provision provision, int count, List<Lid> made) {
        var lids = ledger.takeLids(count);
        var hold = ledger.hold(lids);
        try {
            var rows = lids.stream()
                    .map(lid -> new Lextent(
                            lid,
                            spec.volumeId(),
                            spec.replicas(),
                            spec.placement(),
                            spec.provision(),
                            Optional.empty()))
                    .toList();
            var batch = new MetaBatch();
            if (provision.atCreation()) {
                switch (allocator.reserve(hold, spec.placement(), spec.replicas(), provision, count)) {
                    case Reserved.Refused refused -> {
                        return Optional.of(refused);
                    }
                    case Reserved.Booked(var places) -> {
                        for (int i = 0; i < count; i++) {
                            allocator.write(hold, batch, rows.get(i), places.get(i), true);
                        }
                    }
                }
            } else {
                rows.forEach(row -> batch.put(Rows.LEXTENTS, Rows.key(row.lid()), Rows.encode(row)));
            }
            made.addAll(lids);
            ledger.commitWithCounters(hold, batch);
            return Optional.empty();
        } finally {
            ledger.letGo(hold);
        }
    }

    private Outcome<List<Lid>> refused(Reserved.Refused refused) {
        return refused.noSpace()
                ? noSpace(refused.why() + "; " + allocator.freeNow())
                : Outcome.refused(
                        Outcome.Kind.UNAVAILABLE,
                        refused.why(),
                        "wait until enough nodes are connected, then try again");
    }

    private static Outcome<List<Lid>> noSpace(String what) {
        return Outcome.refused(
                Outcome.Kind.NO_SPACE, what, "delete volumes, add chunks, or make a smaller or a thin volume");
    }

    private void undo(List<Lid> lids) {
        ledger.lock();
        try {
            leftovers.addAll(lids);
            retryUndo();
        } finally {
            ledger.unlock();
        }
    }

    /// Takes back what failed creations left; what cannot be taken back now stays noted. Needs the lock.
    void retryUndo() {
        while (!leftovers.isEmpty() && !ledger.hasEnded() && !ledger.inDoubt()) {
            var batch = List.copyOf(leftovers.subList(0, Math.min(BATCH_EXTENTS, leftovers.size())));
            try {
                deleteBatch(batch);
            } catch (StorageException e) {
                return; // whoever failed to create hears of the first failure; the ticker comes back to this
            }
            leftovers.removeAll(batch);
        }
    }

    void delete(List<Lid> lids) {
        for (int from = 0; from < lids.size(); from += BATCH_EXTENTS) {
            var batch = lids.subList(from, Math.min(from + BATCH_EXTENTS, lids.size()));
            ledger.request(() -> {
                deleteBatch(batch);
                return null;
            });
        }
    }

    private void deleteBatch(List<Lid> lids) {
        var hold = ledger.hold(lids);
        try {
            var batch = new MetaBatch();
            for (var lid : lids) {
                ledger.table().logical(lid).ifPresent(row -> {
                    batch.delete(Rows.LEXTENTS, Rows.key(lid));
                    row.pid().ifPresent(pid -> batch.delete(Rows.PEXTENTS, Rows.key(pid)));
                });
            }
            if (!batch.isEmpty()) {
                ledger.commit(hold, batch);
            }
        } finally {
            ledger.letGo(hold);
        }
    }
}
