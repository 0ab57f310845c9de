package io.ashlar.base.kit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The history of one register that is read and written by many, and the question whether it is linearizable.
///
/// Every written value is unique and not 0; 0 is the value at the beginning. Moments are numbers that only grow, no two
/// alike. A write without an end may take effect at any later moment, or never.
///
/// The test is that of Gibbons and Korach: the operations on one value span a *zone*, from the first end to the last
/// begin. Where that is in order of time (forward), the register must hold the value throughout. So the history is
/// linearizable exactly when no read is before its write, no two forward zones overlap, and no backward zone lies
/// inside a forward one.
public final class RegisterHistory {
    private static final long NEVER = Long.MAX_VALUE;

    private static final class Value {
        final long value;
        long writeBegin;
        long firstEnd = NEVER;
        long lastBegin = Long.MIN_VALUE;
        long writeEnd = NEVER;
        boolean read;

        Value(long value) {
            this.value = value;
        }

        boolean forward() {
            return firstEnd < lastBegin;
        }

        long low() {
            return Math.min(firstEnd, lastBegin);
        }

        long high() {
            return Math.max(firstEnd, lastBegin);
        }

        @Override
        public String toString() {
            return value + " in [" + low() + ", " + high() + "]" + (forward() ? " forward" : " backward");
        }
    }

    private final Map<Long, Value> values = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    public RegisterHistory() {
        var initial = new Value(0);
        initial.writeBegin = Long.MIN_VALUE;
        initial.writeEnd = Long.MIN_VALUE;
        initial.firstEnd = Long.MIN_VALUE;
        values.put(0L, initial);
    }

    public void writeBegins(long value, long moment) {
        var written = new Value(value);
        written.writeBegin = moment;
        written.lastBegin = moment;
        if (values.put(value, written) != null) {
            throw new IllegalArgumentException("value " + value + " is written twice");
        }
    }

    /// The write is known to have been done; a write that failed has no end.
    public void writeEnds(long value, long moment) {
        var written = values.get(value);
        written.writeEnd = moment;
        written.firstEnd = Math.min(written.firstEnd, moment);
    }

    public void read(long value, long begin, long end) {
        var seen = values.get(value);
        if (seen == null) {
            wrong.add("value " + value + " was read at " + begin + " and never written");
        } else if (end < seen.writeBegin) {
            wrong.add("value " + value + " was read until " + end + ", before it was written at " + seen.writeBegin);
        } else {
            seen.read = true;
            seen.firstEnd = Math.min(seen.firstEnd, end);
            seen.lastBegin = Math.max(seen.lastBegin, begin);
        }
    }

    /// @return whether the value was written by a write that had ended before the moment
    public boolean endedBefore(long value, long moment) {
        var written = values.get(value);
        return written != null && written.writeEnd < moment;
    }

    /// @return what is wrong, or empty when the history is linearizable
    public Optional<String> violation() {
        if (!wrong.isEmpty()) {
            return Optional.of(wrong.getFirst());
        }
        var forward = new ArrayList<Value>();
        var backward = new ArrayList<Value>();
        for (Value value : values.values()) {
            if (value.writeEnd != NEVER || value.read) {
                (value.forward() ? forward : backward).add(value);
            }
        }
        forward.sort(Comparator.comparingLong(Value::low));
        for (int i = 1; i < forward.size(); i++) {
            if (forward.get(i).low() < forward.get(i - 1).high()) {
                return Optional.of("a value came back after another: " + forward.get(i - 1) + " and " + forward.get(i));
            }
        }
        return inside(forward, backward);
    }

    private static Optional<String> inside(List<Value> forward, List<Value> backward) {
        for (Value small : backward) {
            for (Value large : forward) {
                if (large.low() < small.low() && small.high() < large.high()) {
                    return Optional.of("an older value was read after a newer one: " + large + " around " + small);
                }
            }
        }
        return Optional.empty();
    }
}
