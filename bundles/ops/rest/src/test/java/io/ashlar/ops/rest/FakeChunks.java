package io.ashlar.ops.rest;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.HeartbeatReply;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceRequest;
import io.ashlar.chunk.TopoObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Three chunks on nodes n1..n3, with a tree that can be changed.
public final class FakeChunks implements ChunkManager {

    private final List<TopoObject> tree = new ArrayList<>();
    private final List<ChunkControl> controls;
    private long lastId = 10;

    FakeChunks(List<ChunkControl> controls) {
        this.controls = controls;
        tree.add(new TopoObject(1, TopoObject.Kind.CLUSTER, "cluster", 1, 0));
        for (int i = 1; i <= 3; i++) {
            tree.add(new TopoObject(1 + i, TopoObject.Kind.NODE, "n" + i, 1, i));
        }
        tree.add(new TopoObject(5, TopoObject.Kind.CHUNK, "c1", 2, 0));
    }

    @Override
    public List<ChunkInfo> chunks() {
        return IntStream.rangeClosed(1, 3)
                .mapToObj(i -> new ChunkInfo(
                        new ChunkId(i),
                        "n" + i,
                        state(i),
                        "127.0.0.1",
                        7000 + i,
                        "machine",
                        "disk",
                        "/data/chunks/n" + i,
                        100L << 30,
                        3L << 30,
                        1L << 30,
                        7,
                        ""))
                .toList();
    }

    private ChunkInfo.State state(int id) {
        return controls.get(id - 1).state() == io.ashlar.store.ChunkControl.State.SERVING
                ? ChunkInfo.State.CONNECTED_HEALTHY
                : ChunkInfo.State.STOPPED;
    }

    @Override
    public synchronized List<TopoObject> topology() {
        return List.copyOf(tree);
    }

    @Override
    public synchronized Outcome<TopoObject> createTopo(TopoObject.Kind kind, String name, long parentId) {
        if (kind == TopoObject.Kind.NODE || kind == TopoObject.Kind.CHUNK || kind == TopoObject.Kind.CLUSTER) {
            return Outcome.refused(Outcome.Kind.INVALID, "a " + kind + " comes by registration", "start a node");
        }
        var made = new TopoObject(++lastId, kind, name, parentId, 0);
        tree.add(made);
        return Outcome.ok(made);
    }

    @Override
    public synchronized Outcome<TopoObject> updateTopo(long topoId, String name, long parentId) {
        for (int i = 0; i < tree.size(); i++) {
            var now = tree.get(i);
            if (now.id() == topoId) {
                tree.set(i, new TopoObject(topoId, now.kind(), name, parentId, now.ringId()));
                return Outcome.ok(tree.get(i));
            }
        }
        return unknown(topoId);
    }

    @Override
    public synchronized Outcome<TopoObject> deleteTopo(long topoId) {
        if (tree.stream().anyMatch(object -> object.parentId() == topoId)) {
            return Outcome.refused(Outcome.Kind.IN_USE, "object " + topoId + " has children", "move them away first");
        }
        for (var object : tree) {
            if (object.id() == topoId) {
                tree.remove(object);
                return Outcome.ok(object);
            }
        }
        return unknown(topoId);
    }

    private static Outcome<TopoObject> unknown(long topoId) {
        return Outcome.refused(Outcome.Kind.NOT_FOUND, "object " + topoId + " does not exist", "topo list");
    }

    @Override
    public Outcome<ChunkId> register(ChunkRegistration registration) {
        throw unused();
    }

    @Override
    public Outcome<HeartbeatReply> heartbeat(ChunkReport report) {
        throw unused();
    }

    @Override
    public void stopping(ChunkId id, String why) {
        throw unused();
    }

    @Override
    public Outcome<List<SpaceReply>> reserve(SpaceRequest request) {
        throw unused();
    }

    @Override
    public Map<ChunkId, Long> report(SpaceReport report) {
        throw unused();
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("not asked for by these tests");
    }

    /// A chunk service that stops and starts as told.
    static final class ChunkControl implements io.ashlar.store.ChunkControl {

        private final int number;
        private volatile State state = State.SERVING;

        ChunkControl(int number) {
            this.number = number;
        }

        @Override
        public Optional<ChunkId> id() {
            return Optional.of(new ChunkId(number));
        }

        @Override
        public String nodeName() {
            return "n" + number;
        }

        @Override
        public Path directory() {
            return Path.of("/data/chunks/n" + number);
        }

        @Override
        public State state() {
            return state;
        }

        @Override
        public Optional<String> trouble() {
            return state == State.SERVING ? Optional.empty() : Optional.of("stopped by the operator");
        }

        @Override
        public Outcome<State> stop() {
            state = State.STOPPED;
            return Outcome.ok(state);
        }

        @Override
        public Outcome<State> start() {
            state = State.SERVING;
            return Outcome.ok(state);
        }
    }
}
