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
import java.util.List;

/// One volume, `demo/disk0`, that can be resized.
final class ModelVolumes implements VolumeManager {
    private final ModelManager extents;
    private final List<Lid> lids = new ArrayList<>();
    private long sizeBytes;
    final List<String> openBy = new ArrayList<>();

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

    private VolumeMap map() {
        return new VolumeMap(7, "demo/disk0", sizeBytes, lids);
    }

    @Override
    public synchronized Outcome<VolumeMap> open(String name, SessionId session, String client) {
        if (!name.equals("demo/disk0")) {
            return Outcome.refused(
                    Outcome.Kind.NOT_FOUND, "volume " + name + " does not exist", "list the volumes with: volume list");
        }
        openBy.add(client);
        return Outcome.ok(map());
    }

    @Override
    public synchronized void close(long volumeId, SessionId session, String client) {
        openBy.remove(client);
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
