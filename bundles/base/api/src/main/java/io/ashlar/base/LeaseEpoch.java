package io.ashlar.base;

/// The fencing token of a lease: leader term in the high 32 bits, a counter within the term in the low 32. Every grant
/// of an extent carries a greater one than any grant before; chunks refuse requests below the highest they have seen.
public record LeaseEpoch(long value) implements Comparable<LeaseEpoch> {
    /// Below every epoch that was ever granted.
    public static final LeaseEpoch NONE = new LeaseEpoch(0);

    private static final int TERM_SHIFT = 32;

    public LeaseEpoch {
        if (value < 0) {
            throw new IllegalArgumentException("a lease epoch is not negative: " + value);
        }
    }

    /// @param term 1..2^31-1, from the leader's election
    /// @param counter 1..2^32-1, within the term
    public static LeaseEpoch of(long term, long counter) {
        if (term <= 0 || term > Integer.MAX_VALUE || counter <= 0 || counter >>> TERM_SHIFT != 0) {
            throw new IllegalArgumentException("term " + term + ", counter " + counter);
        }
        return new LeaseEpoch(term << TERM_SHIFT | counter);
    }

    public long term() {
        return value >>> TERM_SHIFT;
    }

    public long counter() {
        return value & (1L << TERM_SHIFT) - 1;
    }

    @Override
    public int compareTo(LeaseEpoch other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return term() + "." + counter();
    }
}
