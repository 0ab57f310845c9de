package io.ashlar.extent.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.extent.ChangeResult;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which changes of a location its lease owner may make (S2, S5, I5). Pure.
final class LocationRules {
    /// What the owner says of itself.
    ///
    /// @param inForce the epoch of the lease as the manager knows it; empty while there is none
    record Claim(Optional<LeaseEpoch> inForce, LeaseEpoch epoch, long locationVersion, Generation floor) {}

    sealed interface Decision {
        record Write(Pextent row) implements Decision {}

        record No(ChangeResult answer) implements Decision {}
    }

    private LocationRules() {}

    static Decision synced(Pextent row, Claim claim, Set<ChunkId> keep) {
        var no = refusal(row, claim);
        if (no.isPresent()) {
            return new Decision.No(no.get());
        }
        if (keep.isEmpty()) {
            return forbidden("no segment would be left of " + row.pid());
        }
        return write(row, claim, keep, keep);
    }

    static Decision removed(Pextent row, Claim claim, Set<ChunkId> failed) {
        var no = refusal(row, claim);
        if (no.isPresent()) {
            return new Decision.No(no.get());
        }
        if (!row.epoch().equals(claim.epoch())) {
            return forbidden(row.pid() + " was not synced under lease epoch " + claim.epoch());
        }
        if (failed.isEmpty()) {
            return forbidden("no segment of " + row.pid() + " is named");
        }
        var left =
                row.location().stream().filter(chunk -> !failed.contains(chunk)).toList();
        if (left.isEmpty()) {
            return forbidden("no segment would be left of " + row.pid());
        }
        return write(row, claim, Set.copyOf(left), failed);
    }

    private static Optional<ChangeResult> refusal(Pextent row, Claim claim) {
        var granted = claim.inForce.orElse(LeaseEpoch.NONE);
        var highest = granted.compareTo(row.epoch()) > 0 ? granted : row.epoch();
        if (claim.inForce.isEmpty() || !claim.epoch.equals(highest)) {
            return Optional.of(new ChangeResult.Fenced(highest));
        }
        return claim.locationVersion == row.locationVersion()
                ? Optional.empty()
                : Optional.of(new ChangeResult.StaleVersion(row.locationVersion()));
    }

    private static Decision write(Pextent row, Claim claim, Set<ChunkId> keep, Set<ChunkId> named) {
        if (!row.location().containsAll(named)) {
            return forbidden("the location of " + row.pid() + " is " + row.location() + ", not " + named);
        }
        if (claim.floor.epoch().compareTo(claim.epoch) > 0) {
            return forbidden("generation " + claim.floor + " is beyond the lease epoch " + claim.epoch);
        }
        // Counters of acknowledged writes never go back: a lower one is a stale copy, whatever epoch it was stamped
        // with (EM-09).
        if (claim.floor.compareTo(row.floor()) < 0
                || claim.floor.counter() < row.floor().counter()) {
            return forbidden(
                    "generation " + claim.floor + " of " + row.pid() + " is below the recorded " + row.floor());
        }
        List<ChunkId> location = row.location().stream().filter(keep::contains).toList();
        return new Decision.Write(row.recorded(claim.epoch, claim.floor, location));
    }

    private static Decision forbidden(String why) {
        return new Decision.No(new ChangeResult.Forbidden(why));
    }
}
