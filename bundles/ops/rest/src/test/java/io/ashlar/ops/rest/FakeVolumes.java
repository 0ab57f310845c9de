package io.ashlar.ops.rest;

import io.ashlar.base.Lid;
import io.ashlar.base.ObjectName;
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
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/// Pools and volumes in memory, by the rules that an operator meets.
public final class FakeVolumes implements VolumeManager {

    private static final long CAPACITY_BYTES = 10L << 30;

    private final Map<String, PoolSpec> pools = new TreeMap<>();
    private final Map<String, VolumeInfo> volumes = new TreeMap<>();
    private long lastId;

    @Override
    public synchronized Outcome<PoolInfo> createPool(PoolSpec spec) {
        var problem = ObjectName.problem(spec.name());
        if (problem.isPresent()) {
            return Outcome.refused(Outcome.Kind.INVALID, "pool: " + problem.get(), ObjectName.RULE);
        }
        if (pools.putIfAbsent(spec.name(), spec) != null) {
            return Outcome.refused(
                    Outcome.Kind.ALREADY_EXISTS, "pool " + spec.name() + " exists already", "choose another name");
        }
        return Outcome.ok(info(spec));
    }

    @Override
    public synchronized List<PoolInfo> pools() {
        return pools.values().stream().map(this::info).toList();
    }

    private PoolInfo info(PoolSpec spec) {
        var own = volumes.values().stream()
                .filter(v -> v.name().startsWith(spec.name() + "/"))
                .toList();
        return new PoolInfo(
                1,
                spec.name(),
                spec.replicas(),
                spec.placement(),
                spec.provision(),
                own.size(),
                own.stream().mapToLong(VolumeInfo::sizeBytes).sum());
    }

    @Override
    public synchronized Outcome<VolumeInfo> createVolume(VolumeSpec spec) {
        var names = spec.name().split("/", -1);
        if (names.length != 2 || ObjectName.problem(names[1]).isPresent()) {
            return Outcome.refused(
                    Outcome.Kind.INVALID,
                    "'" + ObjectName.printable(spec.name()) + "' is no name of a volume",
                    ObjectName.RULE);
        }
        var pool = pools.get(names[0]);
        if (pool == null) {
            return Outcome.refused(Outcome.Kind.NOT_FOUND, "pool " + names[0] + " does not exist", "make it first");
        }
        if (spec.sizeBytes() <= 0 || spec.sizeBytes() % Units.SECTOR_BYTES != 0) {
            return Outcome.refused(
                    Outcome.Kind.INVALID,
                    "a volume cannot have " + spec.sizeBytes() + " bytes",
                    "use a multiple of 4096");
        }
        if (volumes.containsKey(spec.name())) {
            return Outcome.refused(Outcome.Kind.ALREADY_EXISTS, "volume " + spec.name() + " exists already", "use it");
        }
        String provision = spec.provision().orElse(pool.provision());
        if (provision.equals("thick") && spec.sizeBytes() > CAPACITY_BYTES) {
            return Outcome.refused(Outcome.Kind.NO_SPACE, "no room for " + spec.sizeBytes() + " bytes", "add chunks");
        }
        var info = new VolumeInfo(
                ++lastId,
                spec.name(),
                spec.sizeBytes(),
                spec.replicas().orElse(pool.replicas()),
                spec.placement().orElse(pool.placement()),
                provision,
                Units.extentsOf(spec.sizeBytes()),
                0,
                List.of());
        volumes.put(spec.name(), info);
        return Outcome.ok(info);
    }

    @Override
    public synchronized Outcome<List<VolumeInfo>> volumes(String pool) {
        if (!pool.isEmpty() && !pools.containsKey(pool)) {
            return Outcome.refused(
                    Outcome.Kind.NOT_FOUND,
                    "pool " + ObjectName.printable(pool) + " does not exist",
                    "list the pools with: pool list");
        }
        return Outcome.ok(
                volumes.values().stream().filter(v -> v.name().startsWith(pool)).toList());
    }

    @Override
    public synchronized Outcome<VolumeInfo> volume(String name) {
        var info = volumes.get(name);
        return info == null
                ? Outcome.refused(
                        Outcome.Kind.NOT_FOUND,
                        "volume " + ObjectName.printable(name) + " does not exist",
                        "list the volumes with: volume list")
                : Outcome.ok(info);
    }

    @Override
    public synchronized Outcome<VolumeInfo> delete(String name) {
        return volume(name).then(info -> {
            if (!info.openBy().isEmpty()) {
                return Outcome.refused(
                        Outcome.Kind.IN_USE, "volume " + name + " is open by " + info.openBy(), "close it first");
            }
            volumes.remove(name);
            return Outcome.ok(info);
        });
    }

    @Override
    public synchronized Outcome<VolumeInfo> resize(String name, long sizeBytes, boolean allowShrink) {
        return volume(name).then(info -> {
            if (sizeBytes < info.sizeBytes() && !allowShrink) {
                return Outcome.refused(
                        Outcome.Kind.INVALID,
                        "volume " + name + " would lose what lies beyond the new size",
                        "say --allow-shrink if that is meant");
            }
            return Outcome.ok(replace(info, sizeBytes, info.openBy()));
        });
    }

    private VolumeInfo replace(VolumeInfo info, long sizeBytes, List<String> openBy) {
        var changed = new VolumeInfo(
                info.id(),
                info.name(),
                sizeBytes,
                info.replicas(),
                info.placement(),
                info.provision(),
                Units.extentsOf(sizeBytes),
                info.placedExtents(),
                openBy);
        volumes.put(info.name(), changed);
        return changed;
    }

    @Override
    public synchronized Outcome<VolumeMap> open(String name, SessionId session, String client) {
        return volume(name).then(info -> {
            var openBy = new ArrayList<>(info.openBy());
            openBy.add(client);
            return map(replace(info, info.sizeBytes(), openBy).id());
        });
    }

    @Override
    public void close(long volumeId, SessionId session, String client) {
        throw new UnsupportedOperationException("not asked for by these tests");
    }

    @Override
    public synchronized Outcome<VolumeMap> map(long volumeId) {
        return volumes.values().stream()
                .filter(info -> info.id() == volumeId)
                .findFirst()
                .map(info -> Outcome.ok(new VolumeMap(
                        volumeId,
                        info.name(),
                        info.sizeBytes(),
                        LongStream.rangeClosed(1, info.extents())
                                .mapToObj(i -> Lid.of(0, i))
                                .toList())))
                .orElse(Outcome.refused(Outcome.Kind.NOT_FOUND, "no volume " + volumeId, "list them"));
    }
}
