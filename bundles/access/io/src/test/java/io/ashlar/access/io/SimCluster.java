package io.ashlar.access.io;

import io.ashlar.access.IoFailure;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.Lid;
import io.ashlar.base.Payload;
import io.ashlar.base.Units;
import io.ashlar.base.kit.RegisterHistory;
import io.ashlar.base.kit.Simulation;
import io.ashlar.extent.PlacedExtent;
import io.ashlar.store.SegmentAdvance;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A cluster in a simulation: two access points with the real owners of extents, chunks and a manager as models, a
/// network that loses, delays, reorders and cuts. Checks the invariants I1, I2 and I4 of the safety rules (I3 and I5
/// are kept by the models).
final class SimCluster {
    /// A rule that the shell of this simulation breaks, to prove that the checks see it.
    enum Mutant {
        NONE,
        /// Reads are answered and writes sent however old the last renewal is (S7).
        LEASE_NOT_CHECKED,
        /// A write is acknowledged before the removal of a failed segment is recorded (AC-08).
        ACKNOWLEDGED_BEFORE_REMOVAL,
        /// I/O begins before the sync is recorded (S5).
        SYNC_NOT_RECORDED,
        /// A write of unknown outcome is sent again although others have served the extent since.
        SENT_AGAIN_TOO_LATE,
        /// A laggard is brought up by its counter alone, whatever the epoch of its pair (S1).
        COUNTER_ALONE
    }

    enum Count {
        ACKNOWLEDGED,
        READ,
        FAILED,
        LEASES,
        RESYNCS,
        REMOVALS,
        BROUGHT_UP,
        OVER
    }

    static final int UNIT_BYTES = 512;
    static final int UNITS = 4 * Units.SECTOR_BYTES / UNIT_BYTES;
    static final int EXTENTS = 6;
    static final int CRASHES = 10;
    static final long PERIOD_MILLIS = 2_000;
    private static final long MILLI = 1_000_000;
    static final OwnerLimits LIMITS = new OwnerLimits(
            300 * MILLI,
            200 * MILLI,
            300 * MILLI,
            300 * MILLI,
            500 * MILLI,
            0,
            500 * MILLI,
            800 * MILLI,
            5 * MILLI,
            10 * MILLI,
            80 * MILLI,
            3);

    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    final Simulation world;
    final Mutant mutant;
    final ModelManager manager;
    final List<SimChunk> chunks = new ArrayList<>();
    final List<SimNode> nodes = new ArrayList<>();
    final Map<Count, Integer> counts = new EnumMap<>(Count.class);
    private final Map<Lid, RegisterHistory[]> histories = new HashMap<>();
    private final List<Lid> lids = new ArrayList<>();
    private final StringBuilder journal = new StringBuilder();
    private long moment = 1;
    private long values;
    /// The longest time between two faults; differs from world to world.
    private final long faultPaceMillis;
    private boolean calm;
    private boolean quietNetwork;

    SimCluster(long seed, Mutant mutant) {
        this.world = new Simulation(seed);
        this.mutant = mutant;
        this.faultPaceMillis = new long[] {300, 900, 3_000}[world.random().nextInt(3)];
        for (int i = 1; i <= 3; i++) {
            chunks.add(new SimChunk(i, this));
            chunks.getLast().model.counterAlone = mutant == Mutant.COUNTER_ALONE;
        }
        remember(
                new int[] {2, 12, 2 * SegmentAdvance.MAX_PATCHES}[world.random().nextInt(3)]);
        manager = new ModelManager(
                world, chunks.stream().map(chunk -> chunk.model.id()).toList(), PERIOD_MILLIS, 300);
        for (int i = 0; i < 2; i++) {
            nodes.add(new SimNode("n" + i, this));
        }
        for (int i = 0; i < EXTENTS; i++) {
            var lid = Lid.of(0, i + 1L);
            lids.add(lid);
            manager.know(lid);
            var registers = new RegisterHistory[UNITS];
            java.util.Arrays.setAll(registers, unit -> new RegisterHistory());
            histories.put(lid, registers);
        }
    }

    /// Before anything is written: how many changes of a segment its chunk remembers.
    void remember(int changesKept) {
        chunks.forEach(chunk -> chunk.model.changesKept = changesKept);
    }

    /// All processes and chunks die at once, several times, under load and without any other fault. As long as the
    /// chunks remember enough, no extent loses a replica by that.
    void runCrashes() {
        quietNetwork = true;
        nodes.forEach(SimNode::start);
        for (int crash = 0; crash < CRASHES; crash++) {
            world.run(world.between(300_000_000L, 1_500_000_000L), () -> {});
            note("everything dies");
            manager.endSessions(); // it sees that the processes are dead
            nodes.forEach(node -> node.crash(300));
            chunks.forEach(chunk -> chunk.crash(200, OwnerView.Presence.AWAITED));
        }
        world.run(seconds(1), () -> {});
        calm = true;
        world.run(seconds(3), () -> {});
        readEverything();
        world.run(seconds(6), () -> {});
        checkHistories();
        checkNothingLeft();
    }

    private void checkNothingLeft() {
        for (Lid lid : lids) {
            PlacedExtent placed = manager.placed(lid);
            if (placed != null && placed.location().size() < chunks.size()) {
                throw new Violation(lid + " lost a replica by a crash: " + placed);
            }
        }
    }

    /// Runs the whole story; throws [Violation] when an invariant is broken.
    void run() {
        nodes.forEach(SimNode::start);
        world.afterMillis(300, this::fault);
        world.afterMillis(400, this::handOver);
        long faulty = seconds(20);
        world.run(faulty, () -> {});
        calm = true;
        chunks.forEach(SimChunk::heal);
        nodes.forEach(SimNode::heal);
        world.run(seconds(9), () -> {});
        readEverything();
        world.run(seconds(6), () -> {});
        checkHistories();
    }

    static long seconds(long seconds) {
        return seconds * 1_000_000_000L;
    }

    void count(Count what) {
        counts.merge(what, 1, Integer::sum);
    }

    void note(String text) {
        if (journal.length() < 400_000) {
            journal.append(world.nanos() / 1_000).append("us ").append(text).append('\n');
        }
    }

    String journal() {
        return journal.toString();
    }

    // ---- clients --------------------------------------------------------------------------------------------------

    private Lid someLid() {
        int current = (int) (world.nanos() / seconds(4)) % EXTENTS;
        return lids.get(world.chance(0.85) ? current : world.random().nextInt(EXTENTS));
    }

    /// Clients of a process that has just started; they end with it.
    void startClients(SimNode node) {
        int life = node.life();
        for (int client = 0; client < 3; client++) {
            world.afterMillis(world.between(0, 50), () -> act(node, life));
        }
    }

    private void act(SimNode node, int life) {
        if (calm || node.life() != life) {
            return;
        }
        Runnable next = () -> world.afterMillis(world.between(0, 25), () -> act(node, life));
        if (!node.takesRequests()) {
            world.afterMillis(50, () -> act(node, life));
            return;
        }
        int first = world.random().nextInt(world.chance(0.7) ? UNITS / 4 : UNITS);
        int units = Math.min(UNITS - first, 1 + world.random().nextInt(world.chance(0.3) ? 24 : 3));
        if (world.chance(0.5)) {
            write(node, someLid(), first, units, next);
        } else {
            read(node, someLid(), first, units, next);
        }
    }

    private void write(SimNode node, Lid lid, int first, int units, Runnable next) {
        var bytes = ByteBuffer.allocate(units * UNIT_BYTES);
        long firstValue = values + 1;
        long begin = moment++;
        var registers = histories.get(lid);
        for (int i = 0; i < units; i++) {
            bytes.putLong(i * UNIT_BYTES, ++values);
            registers[first + i].writeBegins(values, begin);
        }
        note(node.name + " " + lid + " write " + firstValue + ".. at " + first + "+" + units);
        submitWrite(node, lid, bytes, new Written(first, units, firstValue, begin), next);
    }

    private record Written(int first, int units, long firstValue, long begin) {}

    private void submitWrite(SimNode node, Lid lid, ByteBuffer bytes, Written written, Runnable next) {
        var registers = histories.get(lid);
        node.submit(
                lid,
                deadline -> Op.write(written.first() * UNIT_BYTES, Payload.unpooled(bytes), deadline, result -> {
                    if (result instanceof OpResult.Done) {
                        count(Count.ACKNOWLEDGED);
                        long end = moment++;
                        note(node.name + " " + lid + " wrote " + written.firstValue() + "..");
                        for (int i = 0; i < written.units(); i++) {
                            registers[written.first() + i].writeEnds(written.firstValue() + i, end);
                        }
                        checkReplicasHave(lid, written.first(), written.units(), written.firstValue(), written.begin());
                    } else if (mutant == Mutant.SENT_AGAIN_TOO_LATE
                            && ((OpResult.Failed) result).failure().message().contains("changed its owner")) {
                        world.after(1, () -> submitWrite(node, lid, bytes, written, next));
                        return;
                    } else {
                        failed(node, result);
                    }
                    next.run();
                }));
    }

    private void read(SimNode node, Lid lid, int first, int units, Runnable next) {
        long begin = moment++;
        var registers = histories.get(lid);
        node.submit(
                lid,
                deadline -> Op.read(first * UNIT_BYTES, units * UNIT_BYTES, deadline, result -> {
                    if (result instanceof OpResult.Data(var payload)) {
                        count(Count.READ);
                        long end = moment++;
                        ByteBuffer bytes = payload.bytes();
                        note(node.name + " " + lid + " read " + first + "+" + units + ": " + bytes.getLong(0) + "..");
                        for (int i = 0; i < units; i++) {
                            registers[first + i].read(bytes.getLong(i * UNIT_BYTES), begin, end);
                        }
                        payload.release();
                    } else {
                        failed(node, result);
                    }
                    next.run();
                }));
    }

    private void failed(SimNode node, OpResult result) {
        count(Count.FAILED);
        IoFailure failure = ((OpResult.Failed) result).failure();
        note(node.name + " failed: " + failure.message());
    }

    private void readEverything() {
        for (SimNode node : nodes) {
            for (Lid lid : lids) {
                read(node, lid, 0, UNITS, () -> {});
            }
            world.run(seconds(3), () -> {});
            nodes.forEach(SimNode::giveUpLeases);
            world.run(seconds(1), () -> {});
        }
    }

    // ---- checks ---------------------------------------------------------------------------------------------------

    /// I1: what is acknowledged is on every listed segment that may ever be chosen.
    private void checkReplicasHave(Lid lid, int first, int units, long firstValue, long begin) {
        PlacedExtent placed = manager.placed(lid);
        for (ChunkId chunk : placed.location()) {
            var segment = chunk(chunk).model.segment(placed.pid());
            if (segment == null
                    || segment.generation.epoch().compareTo(placed.floor().epoch()) < 0) {
                continue; // below the floor: never chosen, never read
            }
            for (int i = 0; i < units; i++) {
                long has = value(segment, first + i);
                if (has != firstValue + i && histories.get(lid)[first + i].endedBefore(has, begin)) {
                    throw new Violation("I1: " + lid + " unit " + (first + i) + ": " + (firstValue + i)
                            + " is acknowledged, but listed " + chunk + " still has " + has);
                }
            }
        }
    }

    private static long value(ModelChunk.Segment segment, int unit) {
        return ByteBuffer.wrap(segment.sector(unit * UNIT_BYTES / Units.SECTOR_BYTES))
                .getLong(unit * UNIT_BYTES % Units.SECTOR_BYTES);
    }

    /// I2: equal generations mean equal bytes.
    void checkEqualGenerations(io.ashlar.base.Pid pid, ModelChunk changed) {
        var mine = changed.segment(pid);
        if (mine == null || mine.generation.equals(Generation.ZERO)) {
            return;
        }
        for (SimChunk other : chunks) {
            var theirs = other.model.segment(pid);
            if (other.model != changed
                    && theirs != null
                    && theirs.generation.equals(mine.generation)
                    && !theirs.sameBytes(mine)) {
                throw new Violation("I2: " + pid + " differs between " + changed.id() + " and " + other.model.id()
                        + " at " + mine.generation);
            }
        }
    }

    /// I4.
    private void checkHistories() {
        histories.forEach((lid, registers) -> {
            for (int unit = 0; unit < UNITS; unit++) {
                int which = unit;
                registers[unit].violation().ifPresent(what -> {
                    throw new Violation("I4: " + lid + " unit " + which + ": " + what);
                });
            }
        });
    }

    SimChunk chunk(ChunkId id) {
        return chunks.get(id.value() - 1);
    }

    // ---- faults ---------------------------------------------------------------------------------------------------

    private <T> T any(List<T> of) {
        return of.get(world.random().nextInt(of.size()));
    }

    private void fault() {
        if (calm) {
            return;
        }
        switch (world.random().nextInt(13)) {
            case 0, 1 -> any(chunks).crash(world.between(20, 1_500));
            case 2 -> any(chunks).pause(world.between(20, 1_000));
            case 3 -> {
                SimNode node = any(nodes);
                long millis = world.between(200, 900);
                chunks.forEach(chunk -> node.cutFrom(chunk, millis));
            }
            case 4 -> any(nodes).cutFrom(any(chunks), world.between(20, 2_500));
            case 5, 6 -> any(nodes).cutFromManager(world.between(100, 5_000));
            case 10, 11, 12 -> split();
            case 7 -> any(nodes).pause(world.between(20, 4_000));
            case 8 -> any(nodes).crash(world.between(50, 1_000));
            default -> {
                if (world.chance(0.15)) {
                    note("a new leader");
                    manager.leaderChanges();
                }
            }
        }
        world.afterMillis(world.between(50, faultPaceMillis), this::fault);
    }

    /// One node loses the manager, the other one a chunk: the first may go on with that chunk while the second takes
    /// over.
    private void split() {
        SimNode deposed = any(nodes);
        SimNode successor = nodes.get(1 - nodes.indexOf(deposed));
        successor.cutFrom(any(chunks), world.between(2_000, 6_000));
        deposed.cutFromManager(world.between(2_000, 6_000));
        if (world.chance(0.5)) {
            deposed.cutFrom(any(chunks), world.between(200, 3_000));
        }
    }

    /// A node that is quiet for a while gives its leases back, so that they move without any fault, too.
    private void handOver() {
        if (calm) {
            return;
        }
        SimNode node = any(nodes);
        node.quietForMillis(200);
        world.afterMillis(50, node::giveUpLeases);
        world.afterMillis(world.between(150, 700), this::handOver);
    }

    // ---- network --------------------------------------------------------------------------------------------------

    /// @return how long a message takes; negative when it is lost
    long transit() {
        if (calm) {
            return 100_000;
        }
        if (quietNetwork) {
            return world.between(50_000, world.chance(0.05) ? 20_000_000 : 1_000_000);
        }
        double dice = world.random().nextDouble();
        if (dice < 0.0015) {
            return -1;
        }
        if (dice < 0.003) {
            return world.between(200, 6_000) * 1_000_000;
        }
        return dice < 0.05 ? world.between(2_000_000, 40_000_000) : world.between(50_000, 1_000_000);
    }

    void deliver(Consumer<Runnable> to, Runnable what) {
        long transit = transit();
        if (transit >= 0) {
            world.after(transit, () -> to.accept(what));
        }
    }
}
