package io.ashlar.store.local;

import io.ashlar.base.Units;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/// One bit for each block of a segment: allocated or not. Not thread-safe.
final class BlockMap {
    static final int BYTES = Units.BLOCKS_PER_EXTENT / Byte.SIZE;

    private final long[] words = new long[Units.BLOCKS_PER_EXTENT / Long.SIZE];

    boolean get(int block) {
        return (words[block / Long.SIZE] & 1L << block) != 0;
    }

    /// @param end the first block that is not meant, as everywhere here
    void set(int first, int end) {
        for (int block = first; block < end; block++) {
            words[block / Long.SIZE] |= 1L << block;
        }
    }

    void clear(int first, int end) {
        for (int block = first; block < end; block++) {
            words[block / Long.SIZE] &= ~(1L << block);
        }
    }

    int count() {
        int count = 0;
        for (long word : words) {
            count += Long.bitCount(word);
        }
        return count;
    }

    int count(int first, int end) {
        int count = 0;
        for (int block = first; block < end; block++) {
            count += get(block) ? 1 : 0;
        }
        return count;
    }

    /// @return the first block from `first` on, before `end`, whose bit differs from that of `first`; else `end`
    int runEnd(int first, int end) {
        boolean allocated = get(first);
        int block = first + 1;
        while (block < end && get(block) == allocated) {
            block++;
        }
        return block;
    }

    void copyFrom(BlockMap other) {
        System.arraycopy(other.words, 0, words, 0, words.length);
    }

    BitSet toBitSet() {
        return BitSet.valueOf(words);
    }

    void encode(ByteBuffer into) {
        for (long word : words) {
            into.putLong(word);
        }
    }

    void decode(ByteBuffer from) {
        for (int i = 0; i < words.length; i++) {
            words[i] = from.getLong();
        }
    }

    /// @return two checksums of different kinds over the map: no flipped bit or burst goes unseen
    long digest() {
        var bytes = ByteBuffer.allocate(BYTES);
        encode(bytes);
        var crc32c = new CRC32C();
        crc32c.update(bytes.flip());
        var crc32 = new CRC32();
        crc32.update(bytes.rewind());
        return crc32c.getValue() << Integer.SIZE | crc32.getValue();
    }
}
