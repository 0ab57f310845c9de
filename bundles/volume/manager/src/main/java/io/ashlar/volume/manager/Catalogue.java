package io.ashlar.volume.manager;

import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.cluster.Leadership;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Pools, volumes and opens as they are durable, and the one way to change them.
///
/// One lock guards all state; the small commits of records are made under it, long work (extents, maps) is done
/// outside, with the volume marked busy. When a commit fails, nobody knows its outcome: the records are read anew
/// before the next request.
///
/// **Thread:** [#request] and [#answer] from any; everything else inside them.
final class Catalogue {
    private static final byte[] START = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final MetaStore store;
    private final Leadership leadership;

    private final TreeMap<String, Pool> poolsByName = new TreeMap<>();
    private final Map<Long, Pool> pools = new HashMap<>();
    private final TreeMap<Long, Volume> volumes = new TreeMap<>();
    private final Map<VolumeName, Volume> visible = new HashMap<>();
    private final Map<Long, Map<SessionId, Opens>> opens = new HashMap<>();
    private final Set<Long> intents = new HashSet<>();
    /// Names and ids that a request is at work on outside the lock.
    private final Set<VolumeName> busyNames = new HashSet<>();
    private final Set<Long> busyIds = new HashSet<>();
    private long nextId = 1;
    private boolean doubtful;

    Catalogue(MetaStore store, Leadership leadership) {
        this.store = store;
        this.leadership = leadership;
        // The first commit of a term comes before the first read: after it, no commit of an earlier leader can change
        // what is read.
        store.commit(leadership.term(), new MetaBatch().put(Rows.COUNTERS, Rows.FENCE, Rows.encode(leadership.term())));
        load();
    }

    // ---- requests
    // -----------------------------------------------------------------------------------------------------

    <T> T request(Supplier<T> body) {
        lock.lock();
        try {
            if (doubtful) {
                load();
            }
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    /// As [#request] for an answer that no commit proves: valid only while this node still leads after the decision
    /// (S8).
    <T> T answer(Supplier<T> body) {
        T result = request(body);
        if (!leadership.valid()) {
            throw new StorageException.StaleEpoch("this node does not lead the volume manager any more");
        }
        return result;
    }

    void commit(MetaBatch batch) {
        try {
            store.commit(leadership.term(), batch);
        } catch (RuntimeException e) {
            doubtful = true;
            throw e;
        }
        for (var change : batch.changes()) {
            follow(change.table(), change.key(), Optional.ofNullable(change.value()));
        }
    }

    /// @return a number that was never given before; the caller's batch carries the counter
    long takeId(MetaBatch batch) {
        long id = nextId++;
        batch.put(Rows.COUNTERS, Rows.NEXT_ID, Rows.encode(nextId));
        return id;
    }

    // ---- what there is
    // ------------------------------------------------------------------------------------------------

    Iterable<Pool> pools() {
        return poolsByName.values();
    }

    Optional<Pool> pool(String name) {
        return Optional.ofNullable(poolsByName.get(name));
    }

    /// @return the volumes that are not being deleted
    List<Volume> volumes() {
        return volumes.values().stream().filter(volume -> !volume.deleting()).toList();
    }

    Optional<Volume> volume(VolumeName name) {
        return Optional.ofNullable(visible.get(name));
    }

    Optional<Volume> volume(long id) {
        return Optional.ofNullable(volumes.get(id)).filter(volume -> !volume.deleting());
    }

    VolumeName nameOf(Volume volume) {
        return new VolumeName(pools.get(volume.poolId()).name(), volume.name());
    }

    Map<SessionId, Opens> opens(long volumeId) {
        return opens.getOrDefault(volumeId, Map.of());
    }

    /// @return ids whose extents have to be compared with their map, and volumes whose deletion has to be finished,
    ///     unless somebody is at it
    List<Long> unfinished() {
        var ids = new HashSet<>(intents);
        volumes.values().stream().filter(Volume::deleting).map(Volume::id).forEach(ids::add);
        ids.removeAll(busyIds);
        return List.copyOf(ids);
    }

    /// @return the record, whether or not it is being deleted
    Optional<Volume> record(long id) {
        return Optional.ofNullable(volumes.get(id));
    }

    // ---- marks
    // --------------------------------------------------------------------------------------------------------

    boolean isBusy(VolumeName name) {
        return busyNames.contains(name);
    }

    boolean isBusy(long id) {
        return busyIds.contains(id);
    }

    void busy(long id) {
        busyIds.add(id);
    }

    void busy(VolumeName name, long id) {
        busyNames.add(name);
        busyIds.add(id);
    }

    /// Takes the marks away; called without the lock.
    void free(Optional<VolumeName> name, long id) {
        lock.lock();
        try {
            name.ifPresent(busyNames::remove);
            busyIds.remove(id);
        } finally {
            lock.unlock();
        }
    }

    // ---- memory follows the rows
    // --------------------------------------------------------------------------------------

    private void load() {
        poolsByName.clear();
        pools.clear();
        volumes.clear();
        visible.clear();
        opens.clear();
        intents.clear();
        for (var table : List.of(Rows.POOLS, Rows.VOLUMES, Rows.OPENS, Rows.INTENTS, Rows.COUNTERS)) {
            store.scan(table, START, (key, value) -> {
                follow(table, key, Optional.of(value));
                return true;
            });
        }
        doubtful = false;
    }

    private void follow(String table, byte[] key, Optional<byte[]> value) {
        switch (table) {
            case Rows.POOLS ->
                value.map(Rows::pool).ifPresent(pool -> {
                    poolsByName.put(pool.name(), pool);
                    pools.put(pool.id(), pool);
                });
            case Rows.VOLUMES -> followVolume(idOf(key), value.map(Rows::volume));
            case Rows.OPENS -> followOpens(key, value.map(Rows::opens));
            case Rows.INTENTS -> {
                if (value.isPresent()) {
                    intents.add(idOf(key));
                } else {
                    intents.remove(idOf(key));
                }
            }
            case Rows.COUNTERS -> {
                if (Arrays.equals(key, Rows.NEXT_ID)) {
                    value.ifPresent(next -> nextId = Math.max(nextId, Rows.number(next)));
                }
            }
            default -> {} // maps are read when they are asked for
        }
    }

    private void followVolume(long id, Optional<Volume> now) {
        var before = volumes.remove(id);
        if (before != null && !before.deleting()) {
            visible.remove(nameOf(before));
        }
        now.ifPresent(volume -> {
            if (!pools.containsKey(volume.poolId())) {
                throw new StorageException.Inconsistent("volume " + id + " belongs to a pool that does not exist");
            }
            volumes.put(id, volume);
            if (!volume.deleting()) {
                visible.put(nameOf(volume), volume);
            }
        });
    }

    private void followOpens(byte[] key, Optional<Opens> now) {
        if (now.isPresent()) {
            opens.computeIfAbsent(now.get().volumeId(), id -> new HashMap<>())
                    .put(now.get().session(), now.get());
        } else {
            var of = opens.get(idOf(key));
            if (of != null) {
                of.values().removeIf(row -> Arrays.equals(key, Rows.opensKey(row.volumeId(), row.session())));
                if (of.isEmpty()) {
                    opens.remove(idOf(key));
                }
            }
        }
    }

    private static long idOf(byte[] key) {
        return Rows.volumeOfVtableKey(key);
    }
}
