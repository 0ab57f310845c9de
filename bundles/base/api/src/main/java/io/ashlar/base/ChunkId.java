package io.ashlar.base;

/// The cid of a chunk: one data service with its own partitions. Given once by the chunk manager, never reused.
public record ChunkId(int value) implements Comparable<ChunkId> {
    public ChunkId {
        if (value <= 0) {
            throw new IllegalArgumentException("a chunk id is positive, not " + value);
        }
    }

    @Override
    public int compareTo(ChunkId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "c" + value;
    }
}
