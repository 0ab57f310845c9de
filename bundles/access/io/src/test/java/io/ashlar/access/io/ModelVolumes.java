package io.ashlar.access.io;

import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import io.ashlar.base.Units;
import io.ashlar.volume.PoolInfo;
import io.ashlar.volume.PoolSpec;
import io.ashlar.volume.VolumeInfo;
import io.ashlar.volume.VolumeManager;
import io.ashlar.volume.VolumeMap;
import io.ashlar.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One volume, `demo/disk0`, that can be resized.
final class ModelVolumes implements VolumeManager {
    private final ModelManager extents;
    private final List<Lid> lids = new ArrayList<>();
    private long sizeBytes;
    private final Map<SessionId, List<String>> opens = new HashMap<>();

    ModelVolumes(ModelManager extents, long sizeBytes) {
        this.extents = extents;
        grow(sizeBytes);
    }

    synchronized void grow(long bytes) {
        sizeBytes = bytes;
        while (lids.size() < Units.extentsOf(bytes)) {
            var lid = Lid.of(0, lids.size() + 1L);
            extents.know(lid);
            lids.add(lid);
        }
    }

    /// @return the clients that have the volume open under this session, as often as they have
    synchronized List<String> openUnder(SessionId session) {
        return List.copyOf(opens.getOrDefault(session, List.of()));
    }

    private VolumeMap map() {
        return new VolumeMap(7, "demo/disk0", sizeBytes, lids);
    }

    @Override
    public synchronized Outcome<VolumeMap> open(String name, SessionId session, String client) {
        if (!name.equals("demo/disk0")) {
            return Outcome.refused(
                    Outcome.Kind.NOT_FOUND, "volume " + name + " does not exist", "list the volumes with: volume list");
        }
        opens.computeIfAbsent(session, id -> new ArrayList<>()).add(client);
        return Outcome.ok(map());
    }

    @Override
    public synchronized void close(long volumeId, SessionId session, String client) {
        opens.getOrDefault(session, new ArrayList<>()).remove(client);
    }

    @Override
    public synchronized Outcome<VolumeMap> map(long volumeId) {
        return Outcome.ok(map());
    }

    @Override
    public synchronized Outcome<List<VolumeInfo>> volumes(String pool) {
        return Outcome.ok(List.of(info("demo/disk0"), info("demo/abc")));
    }

    private VolumeInfo info(String name) {
        return new VolumeInfo(7, name, sizeBytes, 3, "even", "thin", lids.size(), 0, List.of());
    }

    @Override
    public Outcome<PoolInfo> createPool(PoolSpec spec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<PoolInfo> pools() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<VolumeInfo> createVolume(VolumeSpec spec) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<VolumeInfo> volume(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<VolumeInfo> delete(String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Outcome<VolumeInfo> resize(String name, long bytes, boolean allowShrink) {
        throw new UnsupportedOperationException();
    }
}
