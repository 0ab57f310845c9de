package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.MonotonicClock;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.store.ChunkStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The chunks that can be called now, and what is known of those that cannot.
///
/// **Thread:** any.
final class Stores {
    /// After a start, an expired session of a chunk says only that everybody was away.
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final class Entry {
        final ChunkStore store;
        volatile long freeBytes;
        final AtomicLong sentBytes = new AtomicLong();

        Entry(ChunkStore store) {
            this.store = store;
        }
    }

    private final MonotonicClock clock;
    private final long roomFloorBytes;
    private final long startedNanos;
    private final ConcurrentHashMap<ChunkId, Entry> present = new ConcurrentHashMap<>();
    private volatile Map<ChunkId, ChunkInfo.State> states = Map.of();

    Stores(MonotonicClock clock, long roomFloorBytes) {
        this.clock = clock;
        this.roomFloorBytes = roomFloorBytes;
        this.startedNanos = clock.nanos();
    }

    void add(ChunkStore store) {
        var entry = new Entry(store);
        entry.freeBytes = store.stats().freeBytes();
        present.put(store.id(), entry);
    }

    /// Takes out this instance only, never its successor.
    void remove(ChunkStore store) {
        present.computeIfPresent(store.id(), (id, entry) -> entry.store == store ? null : entry);
    }

    ChunkStore get(ChunkId chunk) {
        Entry entry = present.get(chunk);
        return entry == null ? null : entry.store;
    }

    void learn(List<ChunkInfo> chunks) {
        var learned = new HashMap<ChunkId, ChunkInfo.State>();
        chunks.forEach(chunk -> learned.put(chunk.id(), chunk.state()));
        states = Map.copyOf(learned);
    }

    OwnerView.Presence presence(ChunkId chunk) {
        if (present.containsKey(chunk)) {
            return OwnerView.Presence.PRESENT;
        }
        ChunkInfo.State state = states.get(chunk);
        boolean gone = state == ChunkInfo.State.STOPPED
                || (state == ChunkInfo.State.SESSION_EXPIRED && clock.nanos() - startedNanos > START_NANOS);
        return gone ? OwnerView.Presence.GONE : OwnerView.Presence.AWAITED;
    }

    void sent(ChunkId chunk, int bytes) {
        Entry entry = present.get(chunk);
        if (entry != null) {
            entry.sentBytes.addAndGet(bytes);
        }
    }

    /// @return whether so little is free that new blocks are refused; what was sent since the last look counts as used
    boolean scarce(ChunkId chunk) {
        Entry entry = present.get(chunk);
        return entry != null && entry.freeBytes - entry.sentBytes.get() < roomFloorBytes;
    }

    /// Looks at the free space of all chunks; cheap, to be called every few milliseconds while writes are sent.
    void sample() {
        for (Entry entry : present.values()) {
            if (entry.sentBytes.get() != 0 || entry.freeBytes < roomFloorBytes) {
                entry.sentBytes.set(0);
                entry.freeBytes = entry.store.stats().freeBytes();
            }
        }
    }
}
