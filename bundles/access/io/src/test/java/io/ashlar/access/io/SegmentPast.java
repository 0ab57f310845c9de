package io.ashlar.access.io;

import io.ashlar.base.Generation;
import io.ashlar.base.Units;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a model segment remembers of its last changes: a bounded number of them, each with the generation before it.
final class SegmentPast {
    private record Change(Generation before, List<SegmentPatch> patches) {}

    private final int changesKept;
    private final ArrayDeque<Change> changes = new ArrayDeque<>();

    SegmentPast(int changesKept) {
        this.changesKept = changesKept;
    }

    void changed(Generation before, List<SegmentPatch> patches) {
        changes.add(new Change(before, patches));
        if (changes.size() > changesKept) {
            changes.poll();
        }
    }

    HistoryResult since(Generation since, Generation now) {
        if (since.equals(now)) {
            return new HistoryResult.Changes(List.of());
        }
        boolean known = false;
        var kinds = new TreeMap<Integer, SegmentWrite.Kind>();
        for (Change change : changes) {
            known |= change.before().equals(since);
            if (known) {
                change.patches().forEach(patch -> cover(kinds, patch));
            }
        }
        return known ? new HistoryResult.Changes(runs(kinds)) : new HistoryResult.Unknown();
    }

    /// The rule of a careless chunk (S1): equal counters are taken for equal segments, whatever their epochs.
    HistoryResult sinceCounterAlone(Generation since, Generation now) {
        if (since.counter() < now.counter()
                && (changes.isEmpty()
                        || since.counter() < changes.peek().before().counter())) {
            return new HistoryResult.Unknown();
        }
        var kinds = new TreeMap<Integer, SegmentWrite.Kind>();
        changes.stream()
                .filter(change -> change.before().counter() >= since.counter())
                .forEach(change -> change.patches().forEach(patch -> cover(kinds, patch)));
        return new HistoryResult.Changes(runs(kinds));
    }

    private static void cover(Map<Integer, SegmentWrite.Kind> kinds, SegmentPatch patch) {
        int first = patch.offsetBytes() / Units.SECTOR_BYTES;
        for (int i = 0; i < patch.lengthBytes() / Units.SECTOR_BYTES; i++) {
            kinds.put(first + i, patch.kind());
        }
    }

    private static List<SegmentPatch> runs(TreeMap<Integer, SegmentWrite.Kind> kinds) {
        var patches = new ArrayList<SegmentPatch>();
        int from = -1;
        int to = -1;
        SegmentWrite.Kind kind = null;
        for (var sector : kinds.entrySet()) {
            if (sector.getKey() != to || sector.getValue() != kind) {
                add(patches, kind, from, to);
                from = sector.getKey();
                kind = sector.getValue();
            }
            to = sector.getKey() + 1;
        }
        add(patches, kind, from, to);
        return patches;
    }

    private static void add(List<SegmentPatch> patches, SegmentWrite.Kind kind, int from, int to) {
        if (kind != null) {
            patches.add(new SegmentPatch(kind, from * Units.SECTOR_BYTES, (to - from) * Units.SECTOR_BYTES));
        }
    }
}
