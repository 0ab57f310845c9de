package io.ashlar.chunk.manager;

import static org.junit.jupiter.api.Assertions.fail;

import io.ashlar.base.ChunkId;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceRequest;
import io.ashlar.chunk.TopoObject;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// One conductor over an in-memory store, with time at hand.
final class World {
    static final long MIB = 1L << 20;
    static final long GIB = 1L << 30;
    static final long EXTENT = 256 * MIB;
    static final UUID CLUSTER = new UUID(1, 1);

    final MemoryMetaStore store = new MemoryMetaStore();
    final EmptiestFirst placement = new EmptiestFirst();
    final Time time = new Time();
    Conductor conductor;
    private long term;
    private final Map<ChunkId, Long> measurements = new HashMap<>();

    /// Milliseconds that go by on order.
    static final class Time implements MonotonicClock {
        private long millis = 1_000_000;

        @Override
        public long nanos() {
            return millis * 1_000_000;
        }
    }

    World() {
        newLeader();
    }

    void newLeader() {
        term++;
        conductor = new Conductor(
                new TableStore(store), term, CLUSTER, placement, new ChunkSession.Limits(3000, 10_000), time);
    }

    /// Lets time pass with ticks every half second.
    void pass(long millis) {
        for (long left = millis; left > 0; left -= 500) {
            time.millis += Math.min(500, left);
            conductor.tick(500);
        }
    }

    /// The whole process stands still, then the next tick comes.
    void pauseAndTick(long millis) {
        time.millis += millis;
        conductor.tick(500);
    }

    static ChunkRegistration registration(int number, String node, long capacityBytes) {
        return new ChunkRegistration(
                CLUSTER,
                new UUID(2, number),
                node,
                "machine",
                "disk" + number,
                "127.0.0.1",
                20_000 + number,
                "/d/" + number,
                capacityBytes);
    }

    ChunkId register(int number, String node, long capacityBytes) {
        return ok(conductor.register(registration(number, node, capacityBytes)));
    }

    /// Registered and healthy.
    ChunkId chunk(int number, String node, long capacityBytes) {
        var id = register(number, node, capacityBytes);
        beat(id, 0);
        return id;
    }

    void beat(ChunkId id, long usedBytes) {
        long measurement = measurements.merge(id, 1L, Long::sum);
        ok(conductor.heartbeat(new ChunkReport(id, "", info(id).capacityBytes(), usedBytes, 0, measurement)));
        conductor.idle();
    }

    ChunkInfo info(ChunkId id) {
        return conductor.published().chunks().stream()
                .filter(chunk -> chunk.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    TopoObject topo(TopoObject.Kind kind, String name) {
        return conductor.published().topology().stream()
                .filter(object -> object.kind() == kind && object.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void report(long version, Map<ChunkId, SpaceReport.Held> held) {
        conductor.report(new SpaceReport(0, version, held));
    }

    Outcome<List<SpaceReply>> reserve(long version, boolean thick, int count) {
        var extent = new SpaceRequest.Extent(3, 2, thick, EXTENT);
        return conductor.reserve(new SpaceRequest(0, version, "even", java.util.Collections.nCopies(count, extent)));
    }

    static <T> T ok(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> value;
            case Outcome.Refused<T>(var refusal) -> fail("refused: " + refusal);
        };
    }

    static <T> Outcome.Refusal refused(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> fail("was granted: " + value);
            case Outcome.Refused<T>(var refusal) -> refusal;
        };
    }
}
