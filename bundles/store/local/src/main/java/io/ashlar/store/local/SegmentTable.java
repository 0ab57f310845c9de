package io.ashlar.store.local;

import io.ashlar.base.Pid;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/// The chunk's segments by pid. Written by the log thread (and while the chunk is opened), read by all.
final class SegmentTable {
    private final ConcurrentHashMap<Pid, Segment> segments = new ConcurrentHashMap<>();

    /// @return the segment, also while its file is not made yet; null when there is none
    Segment get(Pid pid) {
        var segment = segments.get(pid);
        return segment == null || segment.dropped() ? null : segment;
    }

    /// @return the segment if its file is there; else null
    Segment present(Pid pid) {
        var segment = segments.get(pid);
        return segment == null || !segment.present() ? null : segment;
    }

    void put(Segment segment) {
        segments.put(segment.pid(), segment);
    }

    /// Takes this very segment out; another of the same pid stays.
    void remove(Segment segment) {
        segments.remove(segment.pid(), segment);
    }

    Collection<Segment> all() {
        return segments.values();
    }

    List<Pid> pids() {
        return segments.values().stream()
                .filter(Segment::present)
                .map(Segment::pid)
                .sorted()
                .toList();
    }

    int size() {
        return segments.size();
    }
}
