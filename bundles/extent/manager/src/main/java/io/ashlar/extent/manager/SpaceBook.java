package io.ashlar.extent.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Pid;
import io.ashlar.base.Units;
import io.ashlar.chunk.SpaceReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The space that the tables hold on each chunk, and the space versions that tell the chunk manager which of its
/// bookings are contained in it (SP-10..17).
///
/// A request carries the version at which it began and counts as in flight until *the table was updated* (SP-15); a
/// report raises the version and is taken only when no earlier request is in flight (SP-14). So whatever the chunk
/// manager drops for a report is in that report.
///
/// Pure: time comes in by each call. Guarded by the manager's lock.
final class SpaceBook {
    /// One request for space, from before it is sent until the table was updated.
    static final class Ticket {
        private final long version;
        private final long begunNanos;
        private boolean reserving = true;
        private boolean ended;

        private Ticket(long version, long begunNanos) {
            this.version = version;
            this.begunNanos = begunNanos;
        }

        long version() {
            return version;
        }
    }

    /// A thin segment that the chunk's own figure may not contain yet.
    private static final class NewThin {
        private static final long UNSEEN = -1;

        private final long bornVersion;
        private long seenMeasurement = UNSEEN;

        NewThin(long bornVersion) {
            this.bornVersion = bornVersion;
        }
    }

    private final Epochs versions;
    private final long timeoutNanos;
    private final TreeMap<Long, Integer> inFlight = new TreeMap<>();
    private final Set<Ticket> reserving = new LinkedHashSet<>();
    private final Map<ChunkId, Integer> thick = new HashMap<>();
    private final Map<ChunkId, Map<Pid, NewThin>> newThin = new HashMap<>();
    private long version;

    /// @param timeoutNanos how long a request may take; a reply after that is not used (SP-35)
    SpaceBook(Epochs versions, long timeoutNanos) {
        this.versions = versions;
        this.timeoutNanos = timeoutNanos;
        this.version = versions.next().value();
    }

    // ---- requests ---------------------------------------------------------------------------------------------------

    /// Begins a request; its version is to be sent with it.
    Ticket begin(long nowNanos) {
        var ticket = new Ticket(version, nowNanos);
        inFlight.merge(version, 1, Integer::sum);
        reserving.add(ticket);
        return ticket;
    }

    /// The reply is there.
    ///
    /// @return false: too late, it must not be used
    boolean answered(Ticket ticket, long nowNanos) {
        if (ticket.ended || nowNanos - ticket.begunNanos >= timeoutNanos) {
            end(ticket);
            return false;
        }
        ticket.reserving = false;
        reserving.remove(ticket);
        return true;
    }

    /// The request is over: refused, failed, or in the table. Harmless when it was over before.
    void end(Ticket ticket) {
        if (!ticket.ended) {
            ticket.ended = true;
            reserving.remove(ticket);
            inFlight.merge(ticket.version, -1, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    /// Gives up requests that nobody answered in time, so that a report waits one timeout at most.
    void giveUp(long nowNanos) {
        for (var ticket : List.copyOf(reserving)) {
            if (ticket.reserving && nowNanos - ticket.begunNanos >= timeoutNanos) {
                end(ticket);
            }
        }
    }

    // ---- reports ----------------------------------------------------------------------------------------------------

    /// Begins a report: requests from now on carry its version (SP-13).
    long startReport() {
        version = versions.next().value();
        return version;
    }

    /// @return whether every request of an earlier version is over
    boolean drained(long reportVersion) {
        return inFlight.isEmpty() || inFlight.firstKey() >= reportVersion;
    }

    SpaceReport take(int shard, long reportVersion) {
        var chunks = new HashSet<>(thick.keySet());
        chunks.addAll(newThin.keySet());
        var held = new HashMap<ChunkId, SpaceReport.Held>();
        for (var chunk : chunks) {
            held.put(chunk, heldBy(chunk));
        }
        return new SpaceReport(shard, reportVersion, held);
    }

    private SpaceReport.Held heldBy(ChunkId chunk) {
        long thickSegments = thick.getOrDefault(chunk, 0);
        long thinSegments = newThin.getOrDefault(chunk, Map.of()).size();
        return new SpaceReport.Held(thickSegments * Units.EXTENT_BYTES, thinSegments * Units.EXTENT_BYTES);
    }

    /// Takes in the answer to a report: how far each chunk's own measurements have come.
    ///
    /// A segment is seen first in a report that was begun after its birth. The measurement that is known then may be
    /// older than the segment, and so may the next one, still on its way; the one after that was taken later for
    /// certain (SP-10).
    void reported(long reportVersion, Map<ChunkId, Long> measured) {
        for (var entry : List.copyOf(newThin.entrySet())) {
            var measurement = measured.get(entry.getKey());
            if (measurement != null) {
                entry.getValue().values().removeIf(segment -> isMeasured(segment, reportVersion, measurement));
                if (entry.getValue().isEmpty()) {
                    newThin.remove(entry.getKey());
                }
            }
        }
    }

    private static boolean isMeasured(NewThin segment, long reportVersion, long measurement) {
        if (segment.seenMeasurement == NewThin.UNSEEN) {
            if (segment.bornVersion < reportVersion) {
                segment.seenMeasurement = measurement;
            }
            return false;
        }
        if (measurement < segment.seenMeasurement) {
            segment.seenMeasurement = measurement; // the chunk began to count anew
        }
        return measurement >= segment.seenMeasurement + 2;
    }

    // ---- the table's changes ----------------------------------------------------------------------------------------

    /// Follows one change of a row.
    void changed(Optional<Pextent> before, Optional<Pextent> now) {
        var gone = new ArrayList<>(before.map(Pextent::location).orElse(List.of()));
        gone.removeAll(now.map(Pextent::location).orElse(List.of()));
        var come = new ArrayList<>(now.map(Pextent::location).orElse(List.of()));
        come.removeAll(before.map(Pextent::location).orElse(List.of()));
        before.ifPresent(row -> gone.forEach(chunk -> drop(row, chunk)));
        now.ifPresent(row -> come.forEach(chunk -> add(row, chunk)));
    }

    /// Takes in a row as it is found at the start. A thin segment that was synced is old enough to be in its chunk's
    /// own figure.
    void loaded(Pextent row) {
        if (row.thick() || !row.synced()) {
            row.location().forEach(chunk -> add(row, chunk));
        }
    }

    private void add(Pextent row, ChunkId chunk) {
        if (row.thick()) {
            thick.merge(chunk, 1, Integer::sum);
        } else {
            newThin.computeIfAbsent(chunk, c -> new HashMap<>()).put(row.pid(), new NewThin(version));
        }
    }

    private void drop(Pextent row, ChunkId chunk) {
        if (row.thick()) {
            thick.merge(chunk, -1, (a, b) -> a + b == 0 ? null : a + b);
            return;
        }
        var segments = newThin.get(chunk);
        if (segments != null) {
            segments.remove(row.pid());
            if (segments.isEmpty()) {
                newThin.remove(chunk);
            }
        }
    }
}
