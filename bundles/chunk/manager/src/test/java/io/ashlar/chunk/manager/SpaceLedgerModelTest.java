package io.ashlar.chunk.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceReport.Held;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The ledger against a model of extent managers and chunks that talk to it over a slow, lossy, reordering network: it
/// is never below the truth, and equal to it at rest (I8; SP-11..20, 26, 27).
class SpaceLedgerModelTest {
    private static final long SEGMENT = 1024;
    private static final int CHUNKS = 4;

    /// One extent in an extent manager's tables.
    private static final class Extent {
        final boolean thick;
        final List<ChunkId> chunks;
        final Map<ChunkId, Long> used = new HashMap<>();
        /// Measurements that had come in when a report first held the extent; absent before.
        final Map<ChunkId, Long> seenAt = new HashMap<>();
        /// Chunks whose own figure contains the extent for certain.
        final List<ChunkId> measured = new ArrayList<>();
        /// What the last measurement that arrived was taken of.
        final Map<ChunkId, Long> known = new HashMap<>();

        Extent(boolean thick, List<ChunkId> chunks) {
            this.thick = thick;
            this.chunks = chunks;
        }
    }

    /// A reservation on its way: to the ledger, back, into the tables.
    private static final class Flight {
        final long version;
        final Extent extent;
        boolean atLedger;
        boolean booked;
        boolean givenUp;

        Flight(long version, Extent extent) {
            this.version = version;
            this.extent = extent;
        }
    }

    private final class Manager {
        final int id;
        long version = 1;
        List<Extent> tables = new ArrayList<>();
        final List<Flight> flights = new ArrayList<>();
        boolean reporting;

        Manager(int id) {
            this.id = id;
        }

        void send() {
            flights.add(new Flight(version, new Extent(random.nextBoolean(), someChunks())));
        }

        /// Something happens to one flight: it arrives, it is answered and applied, or it is given up and may still
        /// arrive later.
        void progress() {
            if (flights.isEmpty()) {
                return;
            }
            var flight = flights.get(random.nextInt(flights.size()));
            if (!flight.atLedger) {
                if (random.nextInt(10) == 0) {
                    flight.givenUp = true;
                }
                if (random.nextBoolean()) {
                    arrive(flight);
                }
            } else if (flight.givenUp || !flight.booked || random.nextInt(8) == 0) {
                flights.remove(flight); // refused, or the answer is lost or too late: not used
            } else {
                flights.remove(flight);
                tables.add(flight.extent);
            }
        }

        private void arrive(Flight flight) {
            flight.atLedger = true;
            if (ledger.reported(id) && flight.version >= ledger.reportedVersion(id)) {
                ledger.book(id, flight.version, flight.extent.chunks, flight.extent.thick, SEGMENT);
                flight.booked = true;
            }
        }

        /// Version up first; the counts are taken when all that was sent before is done or given up.
        void report() {
            if (!reporting) {
                version++;
                reporting = true;
            }
            if (flights.stream().anyMatch(flight -> flight.version < version && !flight.givenUp)) {
                return;
            }
            var held = new HashMap<ChunkId, Held>();
            for (var extent : tables) {
                for (var chunk : extent.chunks) {
                    long thick = extent.thick ? SEGMENT : 0;
                    long newThin = extent.thick || extent.measured.contains(chunk) ? 0 : SEGMENT;
                    held.merge(
                            chunk,
                            new Held(thick, newThin),
                            (a, b) -> new Held(a.thickBytes() + b.thickBytes(), a.newThinBytes() + b.newThinBytes()));
                }
            }
            ledger.report(new SpaceReport(id, version, held));
            reporting = false;
            for (var extent : tables) {
                for (var chunk : extent.chunks) {
                    long arrived = arrivals.getOrDefault(chunk, 0L);
                    if (arrived >= extent.seenAt.computeIfAbsent(chunk, key -> arrived) + 2) {
                        extent.measured.add(chunk);
                    }
                }
            }
        }

        void change() {
            if (tables.isEmpty()) {
                return;
            }
            var extent = tables.get(random.nextInt(tables.size()));
            if (random.nextInt(6) == 0) {
                tables.remove(extent);
            } else if (!extent.thick) {
                var chunk = extent.chunks.get(random.nextInt(extent.chunks.size()));
                extent.used.merge(chunk, 1L + random.nextInt(64), Long::sum);
            }
        }

        /// A new leader: the tables stay, everything in flight is lost or comes late, the version is above all before.
        void failOver() {
            flights.forEach(flight -> flight.givenUp = true);
            version += 10;
            reporting = false;
            tables.forEach(extent -> {
                extent.seenAt.clear();
                extent.measured.clear();
            });
        }
    }

    private Random random;
    private SpaceLedger ledger;
    private final List<Manager> managers = new ArrayList<>();
    private final Map<ChunkId, Deque<Map<Extent, Long>>> measurements = new HashMap<>();
    private final Map<ChunkId, Long> arrivals = new HashMap<>();

    @Test
    void theViewIsNeverBelowTheTruthAndEqualAtRest() {
        for (long seed = 1; seed <= 300; seed++) {
            run(seed);
        }
    }

    private void run(long seed) {
        random = new Random(seed);
        ledger = new SpaceLedger();
        managers.clear();
        measurements.clear();
        arrivals.clear();
        managers.add(new Manager(0));
        managers.add(new Manager(7));
        for (int step = 0; step < 400; step++) {
            var manager = managers.get(random.nextInt(managers.size()));
            switch (random.nextInt(26)) {
                case 0, 1, 2 -> manager.send();
                case 4, 5, 6, 7, 8, 9, 10 -> manager.progress();
                case 11, 12, 13 -> manager.change();
                case 3, 14, 15, 17, 18, 19, 20 -> manager.report();
                case 16 -> {
                    if (random.nextInt(10) == 0) {
                        manager.failOver();
                    }
                }
                default -> measure(new ChunkId(1 + random.nextInt(CHUNKS)));
            }
            check(seed, step, false);
        }
        settle();
        check(seed, -1, true);
    }

    /// A chunk takes a measurement, or one that it took arrives; the next is taken only after that.
    private void measure(ChunkId chunk) {
        var waiting = measurements.computeIfAbsent(chunk, id -> new ArrayDeque<>());
        if (waiting.isEmpty()) {
            var figures = new HashMap<Extent, Long>();
            everyExtent().forEach(extent -> {
                if (extent.chunks.contains(chunk) && !extent.thick) {
                    figures.put(extent, extent.used.getOrDefault(chunk, 0L));
                }
            });
            waiting.add(figures);
            return;
        }
        var figures = waiting.poll();
        arrivals.merge(chunk, 1L, Long::sum);
        ledger.used(chunk, figures.values().stream().mapToLong(Long::longValue).sum());
        everyExtent().forEach(extent -> {
            if (figures.containsKey(extent)) {
                extent.known.put(chunk, figures.get(extent));
            }
        });
    }

    private List<Extent> everyExtent() {
        return managers.stream().flatMap(manager -> manager.tables.stream()).toList();
    }

    private void settle() {
        for (int round = 0; round < 6; round++) {
            for (var manager : managers) {
                manager.flights.clear();
                manager.report();
            }
            for (int chunk = 1; chunk <= CHUNKS; chunk++) {
                measure(new ChunkId(chunk));
                measure(new ChunkId(chunk));
            }
        }
        managers.forEach(Manager::report);
    }

    /// The truth: a thick segment whole; a thin one as it was last measured, and whole while no measurement has it.
    private void check(long seed, int step, boolean atRest) {
        for (int number = 1; number <= CHUNKS; number++) {
            var chunk = new ChunkId(number);
            long truth = 0;
            for (var extent : everyExtent()) {
                if (extent.chunks.contains(chunk)) {
                    boolean measured = !extent.thick && extent.known.containsKey(chunk);
                    truth += measured ? extent.known.get(chunk) : SEGMENT;
                }
            }
            var where = "seed " + seed + ", step " + step + ", chunk " + chunk;
            if (atRest) {
                assertEquals(truth, ledger.allocated(chunk), where);
                assertEquals(0, ledger.booked(chunk, true) + ledger.booked(chunk, false), where);
            } else {
                assertTrue(
                        ledger.allocated(chunk) >= truth,
                        where + ": " + ledger.allocated(chunk) + " is below " + truth);
            }
        }
    }

    private List<ChunkId> someChunks() {
        int first = random.nextInt(CHUNKS);
        return List.of(new ChunkId(1 + first), new ChunkId(1 + (first + 1) % CHUNKS));
    }
}
