package io.ashlar.base;

/// The pid of a physical extent: the thing that is replicated over chunks. The high 16 bits are the extent manager's
/// shard (S25), the rest a counter that starts at 1; an id is never reused.
public record Pid(long value) implements Comparable<Pid> {
    private static final int SHARD_SHIFT = 48;

    public Pid {
        if (value <= 0) {
            throw new IllegalArgumentException("a pid is positive, not " + value);
        }
    }

    /// @param shard 0..32767
    /// @param counter 1..2^48-1
    public static Pid of(int shard, long counter) {
        if (shard < 0 || shard > Short.MAX_VALUE || counter <= 0 || counter >>> SHARD_SHIFT != 0) {
            throw new IllegalArgumentException("shard " + shard + ", counter " + counter);
        }
        return new Pid((long) shard << SHARD_SHIFT | counter);
    }

    public int shard() {
        return (int) (value >>> SHARD_SHIFT);
    }

    public long counter() {
        return value & (1L << SHARD_SHIFT) - 1;
    }

    @Override
    public int compareTo(Pid other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "p" + Long.toHexString(value);
    }
}
