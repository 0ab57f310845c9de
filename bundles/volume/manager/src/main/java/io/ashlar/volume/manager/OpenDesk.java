package io.ashlar.volume.manager;

import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.base.Outcome.Kind;
import io.ashlar.base.SessionId;
import io.ashlar.extent.ExtentManager;
import io.ashlar.extent.SessionInfo;
import io.ashlar.meta.MetaBatch;
import io.ashlar.volume.VolumeMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Who has which volume open. Opens are durable and count while their session may live: so a new leader knows them, and
/// those of a session that is over count no more. **Thread:** any.
final class OpenDesk {
    /// Through one session, of one volume: a bound against clients gone wild.
    static final int MAX_OPENS = 10_000;

    private final Catalogue catalogue;
    private final VTable vtable;
    private final ExtentManager extents;

    OpenDesk(Catalogue catalogue, VTable vtable, ExtentManager extents) {
        this.catalogue = catalogue;
        this.vtable = vtable;
        this.extents = extents;
    }

    /// Asked for under the catalogue's lock wherever a decision hangs on it, so that no open slips in between.
    Set<SessionId> livingSessions() {
        return extents.sessions().stream().map(SessionInfo::id).collect(Collectors.toSet());
    }

    /// Needs the catalogue's lock.
    List<String> openBy(long volumeId, Set<SessionId> living) {
        return catalogue.opens(volumeId).values().stream()
                .filter(row -> living.contains(row.session()))
                .flatMap(row -> row.clients().keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    Outcome<VolumeMap> open(VolumeName name, SessionId session, String client) {
        return catalogue.request(() -> {
            var living = livingSessions();
            if (!living.contains(session)) {
                return Outcome.refused(
                        Kind.UNAVAILABLE, "session " + session + " is over", "open a new session, then try again");
            }
            var volume = catalogue.volume(name);
            if (volume.isEmpty()) {
                return VolumeDesk.noVolume(name.toString());
            }
            long id = volume.get().id();
            var row = catalogue.opens(id).getOrDefault(session, new Opens(id, session, Map.of()));
            if (row.count() >= MAX_OPENS) {
                return Outcome.refused(
                        Kind.UNAVAILABLE,
                        "volume " + name + " is open " + MAX_OPENS + " times",
                        "close some connections");
            }
            var lids = vtable.read(volume.get());
            var batch = new MetaBatch();
            put(batch, row.counted(ObjectName.printable(client), 1));
            forgetEnded(batch, id, living);
            catalogue.commit(batch);
            return Outcome.ok(new VolumeMap(id, name.toString(), volume.get().sizeBytes(), lids));
        });
    }

    /// Rows of sessions that are over would gather with every restart of an access point.
    private void forgetEnded(MetaBatch batch, long volumeId, Set<SessionId> living) {
        catalogue.opens(volumeId).keySet().stream()
                .filter(other -> !living.contains(other))
                .forEach(other -> batch.delete(Rows.OPENS, Rows.opensKey(volumeId, other)));
    }

    void close(long volumeId, SessionId session, String client) {
        catalogue.request(() -> {
            var row = catalogue.opens(volumeId).get(session);
            if (row != null && row.clients().containsKey(ObjectName.printable(client))) {
                var batch = new MetaBatch();
                put(batch, row.counted(ObjectName.printable(client), -1));
                catalogue.commit(batch);
            }
            return null;
        });
    }

    private static void put(MetaBatch batch, Opens row) {
        var key = Rows.opensKey(row.volumeId(), row.session());
        if (row.clients().isEmpty()) {
            batch.delete(Rows.OPENS, key);
        } else {
            batch.put(Rows.OPENS, key, Rows.encode(row));
        }
    }

    Outcome<VolumeMap> map(long volumeId) {
        return catalogue.answer(() -> catalogue
                .volume(volumeId)
                .<Outcome<VolumeMap>>map(volume -> Outcome.ok(new VolumeMap(
                        volumeId, catalogue.nameOf(volume).toString(), volume.sizeBytes(), vtable.read(volume))))
                .orElseGet(() -> VolumeDesk.noVolume("number " + volumeId)));
    }
}
