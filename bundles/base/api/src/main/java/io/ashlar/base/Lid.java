package io.ashlar.base;

/// The lid of a logical extent: 256 MiB of one volume. The high 16 bits are the extent manager's shard (S25), the rest
/// a counter that starts at 1; an id is never reused.
public record Lid(long value) implements Comparable<Lid> {
    private static final int SHARD_SHIFT = 48;

    public Lid {
        if (value <= 0) {
            throw new IllegalArgumentException("a lid is positive, not " + value);
        }
    }

    /// @param shard 0..32767
    /// @param counter 1..2^48-1
    public static Lid of(int shard, long counter) {
        if (shard < 0 || shard > Short.MAX_VALUE || counter <= 0 || counter >>> SHARD_SHIFT != 0) {
            throw new IllegalArgumentException("shard " + shard + ", counter " + counter);
        }
        return new Lid((long) shard << SHARD_SHIFT | counter);
    }

    public int shard() {
        return (int) (value >>> SHARD_SHIFT);
    }

    public long counter() {
        return value & (1L << SHARD_SHIFT) - 1;
    }

    @Override
    public int compareTo(Lid other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "l" + Long.toHexString(value);
    }
}
