package io.ashlar.volume.manager;

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
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// As many nodes as a test wants, one chunk on each.
final class FakeChunks implements ChunkManager {
    int nodes = 3;

    @Override
    public List<ChunkInfo> chunks() {
        return IntStream.rangeClosed(1, nodes)
                .mapToObj(i -> new ChunkInfo(
                        new ChunkId(i),
                        "n" + i,
                        ChunkInfo.State.CONNECTED_HEALTHY,
                        "127.0.0.1",
                        0,
                        "m",
                        "d",
                        "/",
                        1L << 40,
                        0,
                        0,
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

    @Override
    public Outcome<List<SpaceReply>> reserve(SpaceRequest request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<ChunkId, Long> report(SpaceReport report) {
        throw new UnsupportedOperationException();
    }
}
