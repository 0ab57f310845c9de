package io.ashlar.base;

import java.util.Comparator;

/// How far a segment has come: the lease epoch of its last write (or of the sync that stamped it) and the number of
/// writes applied since the extent was made. Compared in that order (S1); equal generations on complete segments mean
/// equal bytes (I2).
///
/// @param counter not negative; grows by exactly 1 for each applied write
public record Generation(LeaseEpoch epoch, long counter) implements Comparable<Generation> {
    /// A segment that was never written.
    public static final Generation ZERO = new Generation(LeaseEpoch.NONE, 0);

    private static final Comparator<Generation> ORDER =
            Comparator.comparing(Generation::epoch).thenComparingLong(Generation::counter);

    public Generation {
        if (counter < 0) {
            throw new IllegalArgumentException("a generation counter is not negative: " + counter);
        }
    }

    /// @return the same count under a new lease: what sync generation stamps on every segment it keeps
    public Generation stamped(LeaseEpoch newEpoch) {
        return new Generation(newEpoch, counter);
    }

    @Override
    public int compareTo(Generation other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "(" + epoch + ", " + counter + ")";
    }
}
