package io.ashlar.chunk.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.chunk.ChunkReport;

/// What is known of one chunk beyond the tables: its session and its last measurement. Used by the manager's loop only.
final class ChunkState {
    private final ChunkId id;
    private final ChunkSession session;
    private long capacityBytes;
    private int segments;
    private long lastMeasurement = Long.MIN_VALUE;
    private long measurements;

    ChunkState(ChunkRecord record, ChunkSession.Limits limits) {
        id = record.id();
        session = new ChunkSession(limits);
        capacityBytes = record.capacityBytes();
    }

    ChunkId id() {
        return id;
    }

    ChunkSession session() {
        return session;
    }

    long capacityBytes() {
        return capacityBytes;
    }

    int segments() {
        return segments;
    }

    /// Measurements that have come in. Counted here, by arrival: the chunk's own number starts again with the chunk,
    /// and a gap in it may hide one that was taken before an extent was made but overtaken. One that arrives after this
    /// many have arrived was not begun before.
    long measurements() {
        return measurements;
    }

    /// A chunk that registers has (re)started: its numbers start anew.
    void registered(ChunkRecord record, long nowMillis) {
        capacityBytes = record.capacityBytes();
        lastMeasurement = Long.MIN_VALUE;
        session.registered(nowMillis);
    }

    /// @return whether the figures are news; an overtaken heartbeat is a sign of life and nothing more
    boolean measured(ChunkReport report) {
        if (report.measurement() <= lastMeasurement) {
            return false;
        }
        lastMeasurement = report.measurement();
        measurements++;
        capacityBytes = report.capacityBytes();
        segments = report.segments();
        return true;
    }
}
