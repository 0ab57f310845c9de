package io.ashlar.volume.manager;

import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.Leadership;
import io.ashlar.extent.ExtentManager;
import io.ashlar.meta.MetaStore;
import io.ashlar.volume.PoolInfo;
import io.ashlar.volume.PoolSpec;
import io.ashlar.volume.VolumeInfo;
import io.ashlar.volume.VolumeManager;
import io.ashlar.volume.VolumeMap;
import io.ashlar.volume.VolumeSpec;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// The volume manager: there while this node leads. Puts the desks together over one catalogue; has no thread of its
/// own.
@Component(service = VolumeManager.class, immediate = true)
public final class VolumeService implements VolumeManager {
    private final PoolDesk pools;
    private final VolumeDesk volumes;
    private final OpenDesk opens;

    /// Reads the records and finishes what the leader of before has left.
    @Activate
    public VolumeService(
            @Reference(name = "leadership", target = "(" + Leadership.SCOPE + "=" + Leadership.METADATA + ")")
                    Leadership leadership,
            @Reference(name = "store") MetaStore store,
            @Reference(name = "extents") ExtentManager extents,
            @Reference(name = "chunks") ChunkManager chunks,
            @Reference(name = "policies") PolicyPort policies) {
        var catalogue = new Catalogue(store, leadership);
        var vtable = new VTable(store, leadership.term());
        var rules = new Rules(policies, chunks);
        var janitor = new Janitor(catalogue, vtable, extents);
        this.pools = new PoolDesk(catalogue, rules);
        this.opens = new OpenDesk(catalogue, vtable, extents);
        this.volumes = new VolumeDesk(catalogue, vtable, extents, rules, opens, janitor);
        janitor.sweep();
    }

    @Override
    public Outcome<PoolInfo> createPool(PoolSpec spec) {
        return pools.create(spec);
    }

    @Override
    public List<PoolInfo> pools() {
        return pools.list();
    }

    @Override
    public Outcome<VolumeInfo> createVolume(VolumeSpec spec) {
        return VolumeName.parse(spec.name()).then(name -> volumes.create(name, spec));
    }

    @Override
    public Outcome<List<VolumeInfo>> volumes(String pool) {
        return volumes.list(pool);
    }

    @Override
    public Outcome<VolumeInfo> volume(String name) {
        return VolumeName.parse(name).then(volumes::show);
    }

    @Override
    public Outcome<VolumeInfo> delete(String name) {
        return VolumeName.parse(name).then(volumes::delete);
    }

    @Override
    public Outcome<VolumeInfo> resize(String name, long sizeBytes, boolean allowShrink) {
        return VolumeName.parse(name).then(parsed -> volumes.resize(parsed, sizeBytes, allowShrink));
    }

    @Override
    public Outcome<VolumeMap> open(String name, SessionId session, String client) {
        return VolumeName.parse(name).then(parsed -> opens.open(parsed, session, client));
    }

    @Override
    public void close(long volumeId, SessionId session, String client) {
        opens.close(volumeId, session, client);
    }

    @Override
    public Outcome<VolumeMap> map(long volumeId) {
        return opens.map(volumeId);
    }
}
