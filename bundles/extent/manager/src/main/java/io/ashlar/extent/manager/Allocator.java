package io.ashlar.extent.manager;

import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.base.Units;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceRequest;
import io.ashlar.meta.MetaBatch;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives extents their places: asks the chunk manager for booked space, then puts the physical extents into a batch.
///
/// **Thread:** [#reserve] needs the ledger's lock and gives it up while it asks; the rest needs no lock.
final class Allocator {
    /// S9: fewer segments than this are accepted only for a volume that asked for fewer.
    private static final int LEAST_SEGMENTS = 2;

    private final Ledger ledger;
    private final ChunkManager chunks;
    private final ProvisionEngine provisions;

    Allocator(Ledger ledger, ChunkManager chunks, ProvisionEngine provisions) {
        this.ledger = ledger;
        this.chunks = chunks;
        this.provisions = provisions;
    }

    /// What came of asking for space.
    sealed interface Reserved {
        record Booked(List<SpaceReply.Booked> places) implements Reserved {}

        /// @param noSpace true when space is missing; false when it may come right by waiting
        record Refused(boolean noSpace, String why) implements Reserved {}
    }

    Provision provisionOfNew(String provision) {
        return provisions.provision(provision, new ProvisionRequest(Units.EXTENT_BYTES, 0));
    }

    static int minWidth(int replicas) {
        return Math.min(LEAST_SEGMENTS, replicas);
    }

    /// Books places for `count` like extents. The request counts as in flight until the hold ends, which is after the
    /// table was updated (SP-15).
    Reserved reserve(Hold hold, String placement, int replicas, Provision provision, int count) {
        var space = ledger.space();
        var ticket = space.begin(ledger.nowNanos());
        hold.atEnd(() -> space.end(ticket));
        var extent = new SpaceRequest.Extent(
                replicas, minWidth(replicas), provision.atCreation(), provision.reservedBytes());
        var request = new SpaceRequest(ledger.shard(), ticket.version(), placement, Collections.nCopies(count, extent));
        var outcome = ledger.outside(() -> chunks.reserve(request));
        if (!space.answered(ticket, ledger.nowNanos())) {
            return new Reserved.Refused(false, "the chunk manager did not answer in time");
        }
        return switch (outcome) {
            case Outcome.Refused<List<SpaceReply>>(var refusal) ->
                new Reserved.Refused(refusal.kind() == Outcome.Kind.NO_SPACE, refusal.what());
            case Outcome.Ok<List<SpaceReply>>(var replies) -> judged(replies, replicas, count);
        };
    }

    private static Reserved judged(List<SpaceReply> replies, int replicas, int count) {
        if (replies.size() != count) {
            throw new IllegalStateException(replies.size() + " places for " + count + " extents");
        }
        for (var reply : replies) {
            switch (reply) {
                case SpaceReply.Refused(var noSpace, var why) -> {
                    return new Reserved.Refused(noSpace, why);
                }
                case SpaceReply.Booked(var places, _, _) -> {
                    if (places.size() < minWidth(replicas) || new HashSet<>(places).size() != places.size()) {
                        throw new IllegalStateException("places " + places + " for " + replicas + " replicas");
                    }
                }
            }
        }
        return new Reserved.Booked(
                replies.stream().map(SpaceReply.Booked.class::cast).toList());
    }

    /// Puts one extent with its place into a batch (EM-15: persisted before anything else follows).
    void write(Hold hold, MetaBatch batch, Lextent row, SpaceReply.Booked place, boolean thick) {
        var pid = ledger.takePid(hold);
        var pextent = Pextent.fresh(pid, row, place.chunks(), thick, place.policy(), place.why());
        batch.put(Rows.LEXTENTS, Rows.key(row.lid()), Rows.encode(row.placedAt(pid)));
        batch.put(Rows.PEXTENTS, Rows.key(pid), Rows.encode(pextent));
    }

    /// Refuses at once what cannot fit by any placement, so that nothing is booked for it in vain.
    Optional<String> hopeless(int replicas, Provision provision, long count) {
        var living = chunks.chunks().stream().filter(ChunkInfo::alive).toList();
        long freeBytes = living.stream().mapToLong(Allocator::freeBytes).sum();
        long leastBytes = count * minWidth(replicas) * provision.reservedBytes();
        return leastBytes <= freeBytes
                ? Optional.empty()
                : Optional.of("it needs " + mebibytes(count * replicas * provision.reservedBytes()) + " on the chunks ("
                        + replicas + " replicas); " + free(living.size(), freeBytes));
    }

    /// @return one phrase for the operator
    String freeNow() {
        var living = chunks.chunks().stream().filter(ChunkInfo::alive).toList();
        return free(
                living.size(), living.stream().mapToLong(Allocator::freeBytes).sum());
    }

    private static String free(int chunks, long freeBytes) {
        return mebibytes(freeBytes) + " are free on " + chunks + " chunks";
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private static long freeBytes(ChunkInfo chunk) {
        return Math.max(0, chunk.capacityBytes() - chunk.allocatedBytes());
    }

    Set<ChunkId> alive() {
        return chunks.chunks().stream()
                .filter(ChunkInfo::alive)
                .map(ChunkInfo::id)
                .collect(Collectors.toSet());
    }
}
