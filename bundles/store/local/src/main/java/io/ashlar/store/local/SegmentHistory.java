package io.ashlar.store.local;

import io.ashlar.base.Generation;
import io.ashlar.base.Units;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a segment remembers of its last changes, so that one that lags can be brought up without a whole copy (S1):
/// which ranges changed at which counter, and which generations it has had. Kept in the header, and brought on by the
/// journal's records.
///
/// Not thread-safe; it is guarded with the segment's applied state.
final class SegmentHistory {
    /// Changes that are remembered; more than a lease owner has on its way, so that those of the last crash are among
    /// them.
    static final int MAX_CHANGES = SegmentAdvance.MAX_PATCHES + 64;
    static final int MAX_SPANS = 16;
    static final int ENCODED_BYTES = 16 + MAX_SPANS * 24 + MAX_CHANGES * Long.BYTES;

    private static final int FIRST_CAPACITY = 8;
    private static final int SECTOR_BITS = 16;
    private static final int AGE_BITS = 30;
    private static final long SECTOR_MASK = (1L << SECTOR_BITS) - 1;
    private static final long AGE_MASK = (1L << AGE_BITS) - 1;
    private static final SegmentWrite.Kind[] KINDS = SegmentWrite.Kind.values();

    /// The generations `(epoch, from)` to `(epoch, to)`: the segment has had each of them.
    private record Span(long epoch, long from, long to) {}

    private final List<Span> spans = new ArrayList<>();
    /// A ring, grown when needed: the counter of each change, and its kind, first sector and length in one number.
    private long[] counters = new long[FIRST_CAPACITY];
    private long[] ranges = new long[FIRST_CAPACITY];
    private int first;
    private int size;
    /// Everything that changed above this counter is remembered.
    private long completeAbove;

    /// @return the memory of a segment that begins with this generation and remembers nothing before it
    static SegmentHistory startingAt(long epoch, long counter) {
        var history = new SegmentHistory();
        history.spans.add(new Span(epoch, counter, counter));
        history.completeAbove = counter;
        return history;
    }

    void apply(JournalRecord record) {
        switch (record.kind()) {
            case STAMP -> reached(record.epoch(), record.counter());
            case WRITE, DIRECT -> changed(record, SegmentWrite.Kind.DATA);
            case ZERO -> changed(record, SegmentWrite.Kind.ZERO);
            case DISCARD -> changed(record, SegmentWrite.Kind.DISCARD);
            case CREATE, FENCE, DROP -> {
                // change neither bytes nor generation
            }
        }
    }

    private void changed(JournalRecord record, SegmentWrite.Kind kind) {
        reached(record.epoch(), record.counter());
        long range = (long) kind.ordinal() << 2 * SECTOR_BITS
                | (long) (record.offset() / Units.SECTOR_BYTES) << SECTOR_BITS
                | record.length() / Units.SECTOR_BYTES - 1;
        add(record.counter(), range);
    }

    private void reached(long epoch, long counter) {
        var last = spans.getLast();
        if (last.epoch == epoch && (counter == last.to || counter == last.to + 1)) {
            spans.set(spans.size() - 1, new Span(epoch, last.from, counter));
            return;
        }
        if (spans.size() == MAX_SPANS) {
            spans.removeFirst();
        }
        spans.add(new Span(epoch, counter, counter));
    }

    private void add(long counter, long range) {
        if (size == MAX_CHANGES) {
            completeAbove = Math.max(completeAbove, counters[first]);
            first = (first + 1) % counters.length;
            size--;
        }
        if (size == counters.length) {
            grow();
        }
        int at = (first + size) % counters.length;
        counters[at] = counter;
        ranges[at] = range;
        size++;
    }

    private void grow() {
        int capacity = Math.min(MAX_CHANGES, counters.length * 2);
        var newCounters = new long[capacity];
        var newRanges = new long[capacity];
        for (int i = 0; i < size; i++) {
            newCounters[i] = counters[(first + i) % counters.length];
            newRanges[i] = ranges[(first + i) % counters.length];
        }
        counters = newCounters;
        ranges = newRanges;
        first = 0;
    }

    /// @return what changed after a generation, in the order of time; empty when the segment does not remember having
    ///     had
    ///     that generation, or not all that came after
    Optional<List<SegmentPatch>> changesSince(Generation since) {
        long epoch = since.epoch().value();
        long counter = since.counter();
        boolean had = spans.stream().anyMatch(s -> s.epoch == epoch && s.from <= counter && counter <= s.to);
        if (!had || counter < completeAbove) {
            return Optional.empty();
        }
        var changes = new ArrayList<SegmentPatch>();
        for (int i = 0; i < size; i++) {
            int at = (first + i) % counters.length;
            if (counters[at] > counter) {
                changes.add(new SegmentPatch(
                        KINDS[kindOf(ranges[at])],
                        firstSector(ranges[at]) * Units.SECTOR_BYTES,
                        sectorCount(ranges[at]) * Units.SECTOR_BYTES));
            }
        }
        return Optional.of(changes);
    }

    private static int kindOf(long range) {
        return (int) (range >>> 2 * SECTOR_BITS);
    }

    private static int firstSector(long range) {
        return (int) (range >>> SECTOR_BITS & SECTOR_MASK);
    }

    private static int sectorCount(long range) {
        return (int) (range & SECTOR_MASK) + 1;
    }

    /// Writes [#ENCODED_BYTES] at most. A change is kept with its age, in counters before the last generation.
    void encode(ByteBuffer into) {
        long now = spans.getLast().to;
        into.putLong(completeAbove).putInt(spans.size()).putInt(size);
        spans.forEach(span -> into.putLong(span.epoch).putLong(span.from).putLong(span.to));
        for (int i = 0; i < size; i++) {
            int at = (first + i) % counters.length;
            long age = Math.clamp(now - counters[at], 0, AGE_MASK);
            into.putLong(ranges[at] << AGE_BITS | age);
        }
    }

    /// @param epoch and `counter`: the segment's generation, if nothing is remembered
    static SegmentHistory decode(ByteBuffer from, long epoch, long counter) {
        var history = new SegmentHistory();
        history.completeAbove = from.getLong();
        int spanCount = from.getInt();
        int changes = from.getInt();
        if (spanCount == 0) {
            return startingAt(epoch, counter);
        }
        for (int i = 0; i < spanCount; i++) {
            history.spans.add(new Span(from.getLong(), from.getLong(), from.getLong()));
        }
        long now = history.spans.getLast().to;
        for (int i = 0; i < changes; i++) {
            long packed = from.getLong();
            history.add(now - (packed & AGE_MASK), packed >>> AGE_BITS);
        }
        return history;
    }
}
