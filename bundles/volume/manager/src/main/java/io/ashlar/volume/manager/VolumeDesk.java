package io.ashlar.volume.manager;

import io.ashlar.base.Lid;
import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.base.Outcome.Kind;
import io.ashlar.base.StorageException;
import io.ashlar.base.Units;
import io.ashlar.extent.ExtentManager;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.meta.MetaBatch;
import io.ashlar.volume.VolumeInfo;
import io.ashlar.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes, shows, resizes and deletes volumes. **Thread:** any.
///
/// Every change that touches extents is framed by an *intent*: a row that says that the volume may have more extents
/// than its map. The record of the volume changes in one commit; before it nothing is visible, after it everything is,
/// and whatever a crash or a failure leaves beside it is cleared up by the [Janitor].
final class VolumeDesk {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeDesk.class);

    private final Catalogue catalogue;
    private final VTable vtable;
    private final ExtentManager extents;
    private final Rules rules;
    private final OpenDesk opens;
    private final Janitor janitor;

    VolumeDesk(
            Catalogue catalogue, VTable vtable, ExtentManager extents, Rules rules, OpenDesk opens, Janitor janitor) {
        this.catalogue = catalogue;
        this.vtable = vtable;
        this.extents = extents;
        this.rules = rules;
        this.opens = opens;
        this.janitor = janitor;
    }

    static <T> Outcome<T> noVolume(String name) {
        return Outcome.refused(
                Kind.NOT_FOUND, "volume " + name + " does not exist", "list the volumes with: volume list");
    }

    private static <T> Outcome<T> noPool(String name) {
        return Outcome.refused(
                Kind.NOT_FOUND,
                "pool " + ObjectName.printable(name) + " does not exist",
                "list the pools with: pool list, or make it with: pool create");
    }

    // ---- views
    // ----------------------------------------------------------------------------------------------------------

    Outcome<List<VolumeInfo>> list(String pool) {
        var found = catalogue.answer(() -> {
            if (!pool.isEmpty() && catalogue.pool(pool).isEmpty()) {
                return VolumeDesk.<List<Volume>>noPool(pool);
            }
            return Outcome.ok(catalogue.volumes().stream()
                    .filter(volume ->
                            pool.isEmpty() || catalogue.nameOf(volume).pool().equals(pool))
                    .toList());
        });
        return found.then(volumes -> Outcome.ok(volumes.stream()
                .map(this::info)
                .sorted(Comparator.comparing(VolumeInfo::name))
                .toList()));
    }

    Outcome<VolumeInfo> show(VolumeName name) {
        var found = catalogue.answer(() -> catalogue.volume(name));
        return found.<Outcome<VolumeInfo>>map(volume -> Outcome.ok(info(volume)))
                .orElseGet(() -> noVolume(name.toString()));
    }

    private VolumeInfo info(Volume volume) {
        var lids = catalogue.request(
                () -> catalogue.record(volume.id()).isPresent() ? vtable.read(volume) : List.<Lid>of());
        int placed = (int) extents.describe(lids).stream()
                .filter(extent -> extent.pid().isPresent())
                .count();
        return info(volume, placed);
    }

    private VolumeInfo info(Volume volume, int placed) {
        var living = opens.livingSessions();
        return catalogue.request(() -> new VolumeInfo(
                volume.id(),
                catalogue.nameOf(volume).toString(),
                volume.sizeBytes(),
                volume.replicas(),
                volume.placement(),
                volume.provision(),
                volume.extents(),
                placed,
                opens.openBy(volume.id(), living)));
    }

    // ---- create
    // ---------------------------------------------------------------------------------------------------------

    Outcome<VolumeInfo> create(VolumeName name, VolumeSpec spec) {
        var refusal = Rules.size(spec.sizeBytes());
        if (refusal.isPresent()) {
            return Rules.refused(refusal.get());
        }
        var pool = catalogue.request(() -> catalogue.pool(name.pool()));
        if (pool.isEmpty()) {
            return noPool(name.pool());
        }
        int replicas = spec.replicas().orElse(pool.get().replicas());
        var placement = spec.placement().orElse(pool.get().placement());
        var provision = spec.provision().orElse(pool.get().provision());
        refusal = Rules.replicas(replicas)
                .or(() -> rules.policies(placement, provision))
                .or(() -> rules.nodes(replicas));
        if (refusal.isPresent()) {
            return Rules.refused(refusal.get());
        }
        janitor.sweep();
        return begin(name).then(id -> {
            try {
                return make(
                        name,
                        new Volume(
                                id,
                                pool.get().id(),
                                name.volume(),
                                spec.sizeBytes(),
                                replicas,
                                placement,
                                provision,
                                Units.extentsOf(spec.sizeBytes()),
                                false));
            } finally {
                catalogue.free(Optional.of(name), id);
            }
        });
    }

    /// Takes the name and an id, and leaves the intent.
    private Outcome<Long> begin(VolumeName name) {
        return catalogue.request(() -> {
            if (catalogue.volume(name).isPresent()) {
                return Outcome.refused(
                        Kind.ALREADY_EXISTS, "volume " + name + " exists already", "choose another name");
            }
            if (catalogue.isBusy(name)) {
                return Outcome.refused(Kind.IN_USE, "volume " + name + " is being made", "wait until it is there");
            }
            var batch = new MetaBatch();
            long id = catalogue.takeId(batch);
            catalogue.commit(batch.put(Rows.INTENTS, Rows.key(id), Rows.encode(id)));
            catalogue.busy(name, id);
            return Outcome.ok(id);
        });
    }

    private Outcome<VolumeInfo> make(VolumeName name, Volume volume) {
        var made = extents.create(specOf(volume), volume.extents());
        return switch (made) {
            case Outcome.Refused<List<Lid>>(var refusal) -> {
                clearUp(volume.id());
                yield Outcome.refused(
                        refusal.kind(), "volume " + name + " cannot be made: " + refusal.what(), refusal.remedy());
            }
            case Outcome.Ok<List<Lid>>(var lids) -> {
                vtable.write(volume.id(), lids, 0);
                record(volume);
                yield Outcome.ok(info(volume));
            }
        };
    }

    private static ExtentSpec specOf(Volume volume) {
        return new ExtentSpec(volume.id(), volume.replicas(), volume.placement(), volume.provision());
    }

    /// The commit that makes the change visible; the intent goes with it.
    private void record(Volume volume) {
        catalogue.request(() -> {
            catalogue.commit(new MetaBatch()
                    .put(Rows.VOLUMES, Rows.key(volume.id()), Rows.encode(volume))
                    .delete(Rows.INTENTS, Rows.key(volume.id())));
            return null;
        });
    }

    /// Best done now; what cannot be done now is done by a later sweep, for the intent is still there.
    private void clearUp(long id) {
        try {
            janitor.finish(id);
        } catch (StorageException e) {
            LOG.warn("volume {} is cleared up later", id, e);
        }
    }

    // ---- resize
    // ---------------------------------------------------------------------------------------------------------

    Outcome<VolumeInfo> resize(VolumeName name, long sizeBytes, boolean allowShrink) {
        var refusal = Rules.size(sizeBytes);
        if (refusal.isPresent()) {
            return Rules.refused(refusal.get());
        }
        janitor.sweep();
        return beginResize(name, sizeBytes, allowShrink).then(before -> {
            try {
                return sizeBytes < before.sizeBytes()
                        ? finishShrink(before.resized(sizeBytes, Units.extentsOf(sizeBytes)))
                        : grow(name, before, sizeBytes);
            } finally {
                catalogue.free(Optional.empty(), before.id());
            }
        });
    }

    /// Shrinks the record at once, or leaves the intent to grow; and marks the volume busy.
    ///
    /// @return the volume as it was
    private Outcome<Volume> beginResize(VolumeName name, long sizeBytes, boolean allowShrink) {
        return catalogue.request(() -> {
            var volume = catalogue.volume(name);
            if (volume.isEmpty()) {
                return noVolume(name.toString());
            }
            long id = volume.get().id();
            if (catalogue.isBusy(id)) {
                return busy(name);
            }
            if (sizeBytes < volume.get().sizeBytes()) {
                var no = shrinkRefusal(
                        name, volume.get(), sizeBytes, allowShrink, opens.openBy(id, opens.livingSessions()));
                if (no.isPresent()) {
                    return Rules.refused(no.get());
                }
                shrinkRecord(volume.get(), sizeBytes);
            } else {
                catalogue.commit(new MetaBatch().put(Rows.INTENTS, Rows.key(id), Rows.encode(id)));
            }
            catalogue.busy(id);
            return Outcome.ok(volume.get());
        });
    }

    private static <T> Outcome<T> busy(VolumeName name) {
        return Outcome.refused(Kind.IN_USE, "volume " + name + " is being changed", "wait until that is done");
    }

    /// The rest of an extent cannot be wiped from here, and growing again must not bring old bytes to light; so only
    /// whole extents go.
    private static Optional<Outcome.Refusal> shrinkRefusal(
            VolumeName name, Volume volume, long sizeBytes, boolean allowShrink, List<String> openBy) {
        if (!allowShrink) {
            return Optional.of(new Outcome.Refusal(
                    Kind.INVALID,
                    "volume " + name + " has " + volume.sizeBytes() + " bytes, and what lies beyond " + sizeBytes
                            + " would be lost",
                    "allow shrinking explicitly, or use a larger size"));
        }
        if (!openBy.isEmpty()) {
            return Optional.of(inUse(name, openBy));
        }
        long rest = sizeBytes % Units.EXTENT_BYTES;
        return rest == 0
                ? Optional.empty()
                : Optional.of(new Outcome.Refusal(
                        Kind.INVALID,
                        "a volume shrinks by whole extents of " + Units.EXTENT_BYTES + " bytes, and " + sizeBytes
                                + " is no multiple of that",
                        "use " + Math.min(volume.sizeBytes(), sizeBytes - rest + Units.EXTENT_BYTES) + " bytes"));
    }

    private static Outcome.Refusal inUse(VolumeName name, List<String> openBy) {
        return new Outcome.Refusal(
                Kind.IN_USE,
                "volume " + name + " is open by " + String.join(", ", openBy),
                "disconnect the clients, then try again");
    }

    /// From here on the volume has the smaller size; its surplus extents are the janitor's.
    private void shrinkRecord(Volume volume, long sizeBytes) {
        var smaller = volume.resized(sizeBytes, Units.extentsOf(sizeBytes));
        catalogue.commit(new MetaBatch()
                .put(Rows.VOLUMES, Rows.key(volume.id()), Rows.encode(smaller))
                .put(Rows.INTENTS, Rows.key(volume.id()), Rows.encode(volume.id())));
    }

    private Outcome<VolumeInfo> finishShrink(Volume smaller) {
        clearUp(smaller.id());
        return Outcome.ok(info(smaller));
    }

    private Outcome<VolumeInfo> grow(VolumeName name, Volume before, long sizeBytes) {
        var after = before.resized(sizeBytes, Units.extentsOf(sizeBytes));
        int more = after.extents() - before.extents();
        var made = more == 0 ? Outcome.ok(List.<Lid>of()) : extents.create(specOf(before), more);
        return switch (made) {
            case Outcome.Refused<List<Lid>>(var refusal) -> {
                clearUp(before.id());
                yield Outcome.refused(
                        refusal.kind(), "volume " + name + " cannot grow: " + refusal.what(), refusal.remedy());
            }
            case Outcome.Ok<List<Lid>>(var lids) -> {
                if (more > 0) {
                    var map = new ArrayList<>(catalogue.request(() -> vtable.read(before)));
                    map.addAll(lids);
                    vtable.write(before.id(), map, before.extents());
                }
                record(after);
                yield Outcome.ok(info(after));
            }
        };
    }

    // ---- delete
    // ---------------------------------------------------------------------------------------------------------

    Outcome<VolumeInfo> delete(VolumeName name) {
        janitor.sweep();
        var shown = show(name);
        var marked = shown.then(info -> markDeleted(name));
        return marked.then(volume -> {
            try {
                clearUp(volume.id()); // the volume is deleted, whatever becomes of its extents now
            } finally {
                catalogue.free(Optional.empty(), volume.id());
            }
            return shown;
        });
    }

    private Outcome<Volume> markDeleted(VolumeName name) {
        return catalogue.request(() -> {
            var volume = catalogue.volume(name);
            if (volume.isEmpty()) {
                return noVolume(name.toString());
            }
            long id = volume.get().id();
            if (catalogue.isBusy(id)) {
                return busy(name);
            }
            var openBy = opens.openBy(id, opens.livingSessions());
            if (!openBy.isEmpty()) {
                return Rules.refused(inUse(name, openBy));
            }
            catalogue.commit(new MetaBatch()
                    .put(Rows.VOLUMES, Rows.key(id), Rows.encode(volume.get().toDelete())));
            catalogue.busy(id);
            return Outcome.ok(volume.get());
        });
    }
}
