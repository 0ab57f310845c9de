package io.ashlar.extent.manager;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A chunk manager that follows the space rules to the letter: the last report, the chunk's own figure, and every
/// booking of that version or later.
final class FakeChunks implements ChunkManager {
    static final class Chunk {
        final ChunkId id;
        long capacityBytes;
        boolean alive = true;
        long thinUsedBytes;
        long measurement;

        Chunk(int id, long capacityBytes) {
            this.id = new ChunkId(id);
            this.capacityBytes = capacityBytes;
        }
    }

    private final TreeMap<ChunkId, Chunk> chunks = new TreeMap<>();
    private final TreeMap<Long, Map<ChunkId, Long>> booked = new TreeMap<>();
    private SpaceReport last;
    private Runnable beforeReply = () -> {};

    FakeChunks with(int id, long capacityBytes) {
        chunks.put(new ChunkId(id), new Chunk(id, capacityBytes));
        return this;
    }

    synchronized Chunk chunk(int id) {
        return chunks.get(new ChunkId(id));
    }

    /// Runs, without any lock, after the booking and before its reply.
    void beforeReply(Runnable action) {
        beforeReply = action;
    }

    /// The chunk measures itself and its heartbeat arrives.
    synchronized void measured(int id, long thinUsedBytes) {
        var chunk = chunk(id);
        chunk.thinUsedBytes = thinUsedBytes;
        chunk.measurement++;
    }

    synchronized long spaceBytes(int id) {
        var chunk = chunk(id);
        long bytes = chunk.thinUsedBytes;
        long from = 0;
        if (last != null) {
            var held = last.held().getOrDefault(chunk.id, new SpaceReport.Held(0, 0));
            bytes += held.thickBytes() + held.newThinBytes();
            from = last.spaceVersion();
        }
        for (var bookings : booked.tailMap(from, true).values()) {
            bytes += bookings.getOrDefault(chunk.id, 0L);
        }
        return bytes;
    }

    synchronized SpaceReport last() {
        return last;
    }

    synchronized int bookings() {
        return booked.size();
    }

    @Override
    public Outcome<List<SpaceReply>> reserve(SpaceRequest request) {
        var replies = new ArrayList<SpaceReply>();
        synchronized (this) {
            if (last == null) {
                return Outcome.refused(Outcome.Kind.UNAVAILABLE, "no report yet", "wait");
            }
            if (request.spaceVersion() < last.spaceVersion()) {
                return Outcome.refused(Outcome.Kind.UNAVAILABLE, "old version", "use the newest");
            }
            request.extents().forEach(extent -> replies.add(place(request.spaceVersion(), extent)));
        }
        beforeReply.run();
        return Outcome.ok(replies);
    }

    private SpaceReply place(long version, SpaceRequest.Extent extent) {
        var living = chunks.values().stream().filter(chunk -> chunk.alive).toList();
        if (living.size() < extent.minWidth()) {
            return new SpaceReply.Refused(false, living.size() + " nodes are there");
        }
        var roomy = living.stream()
                .filter(chunk -> chunk.capacityBytes - spaceBytes(chunk.id.value()) >= extent.segmentBytes())
                .sorted(Comparator.comparingLong((Chunk chunk) -> spaceBytes(chunk.id.value()))
                        .thenComparing(chunk -> chunk.id))
                .limit(extent.width())
                .map(chunk -> chunk.id)
                .toList();
        if (roomy.size() < extent.minWidth()) {
            return new SpaceReply.Refused(true, "only " + roomy.size() + " chunks have room");
        }
        var bookings = booked.computeIfAbsent(version, v -> new HashMap<>());
        roomy.forEach(id -> bookings.merge(id, extent.segmentBytes(), Long::sum));
        return new SpaceReply.Booked(roomy, "fake/1", "emptiest first");
    }

    @Override
    public synchronized Map<ChunkId, Long> report(SpaceReport report) {
        if (last != null && report.spaceVersion() <= last.spaceVersion()) {
            throw new IllegalStateException("report " + report.spaceVersion() + " after " + last.spaceVersion());
        }
        last = report;
        booked.headMap(report.spaceVersion(), false).clear();
        var measured = new HashMap<ChunkId, Long>();
        chunks.values().forEach(chunk -> measured.put(chunk.id, chunk.measurement));
        return measured;
    }

    @Override
    public synchronized List<ChunkInfo> chunks() {
        return chunks.values().stream()
                .map(chunk -> new ChunkInfo(
                        chunk.id,
                        "n" + chunk.id.value(),
                        chunk.alive ? ChunkInfo.State.CONNECTED_HEALTHY : ChunkInfo.State.SESSION_EXPIRED,
                        "127.0.0.1",
                        0,
                        "m",
                        "d",
                        "/",
                        chunk.capacityBytes,
                        spaceBytes(chunk.id.value()),
                        chunk.thinUsedBytes,
                        0,
                        ""))
                .toList();
    }

    @Override
    public Outcome<ChunkId> register(ChunkRegistration registration) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<HeartbeatReply> heartbeat(ChunkReport report) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void stopping(ChunkId id, String why) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<TopoObject> topology() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<TopoObject> createTopo(TopoObject.Kind kind, String name, long parentId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<TopoObject> updateTopo(long topoId, String name, long parentId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<TopoObject> deleteTopo(long topoId) {
        throw new UnsupportedOperationException();
    }
}
