package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// The number of the last acknowledged batch, outside of LevelDB.
///
/// A digest inside the database proves that what is there belongs together; it cannot notice that the end of the log is
/// gone, because a shorter log is a consistent older state. The mark does: it is written after the batch is durable and
/// before it is acknowledged. It is not synced by itself (that would double the price of every commit), so it survives
/// the death of the process, and after a loss of power it may be some seconds behind, which weakens the check but never
/// raises a false alarm.
///
/// Two places are written in turn, each with its checksum, so that a torn write leaves the other.
final class CommitMark implements AutoCloseable {
    private static final long MAGIC = 0x6173686c_61723031L; // "ashlar01"
    private static final int PLACE_BYTES = 4096;
    private static final int PLACES = 2;
    private static final int RECORD_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private final FileChannel channel;
    private long turn;
    private long index;

    private CommitMark(FileChannel channel) {
        this.channel = channel;
    }

    static CommitMark create(Path file) throws IOException {
        var mark = new CommitMark(FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
        // both places exist before the first commit, so that a full disk cannot make a later write fail
        mark.write(0);
        mark.write(0);
        mark.channel.force(true);
        return mark;
    }

    /// @throws StorageException.Inconsistent when neither place can be read
    static CommitMark open(Path file) throws IOException {
        var mark = new CommitMark(FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
        long highest = -1;
        for (int place = 0; place < PLACES; place++) {
            long found = mark.read(place);
            if (found > highest) {
                highest = found;
                mark.turn = place + 1L;
            }
        }
        if (highest < 0) {
            mark.channel.close();
            throw new StorageException.Inconsistent(
                    "the commit mark " + file
                            + " is damaged, so it cannot be told whether acknowledged changes are missing; restore its whole directory from a copy");
        }
        mark.index = highest;
        return mark;
    }

    static boolean exists(Path file) {
        return Files.exists(file);
    }

    long index() {
        return index;
    }

    void write(long newIndex) throws IOException {
        var record = ByteBuffer.allocate(RECORD_BYTES).putLong(MAGIC).putLong(newIndex);
        record.putInt(checksum(record)).flip();
        long at = turn % PLACES * PLACE_BYTES;
        while (record.hasRemaining()) {
            at += channel.write(record, at);
        }
        turn++;
        index = newIndex;
    }

    private long read(int place) throws IOException {
        var record = ByteBuffer.allocate(RECORD_BYTES);
        long start = (long) place * PLACE_BYTES;
        while (record.hasRemaining()) {
            if (channel.read(record, start + record.position()) < 0) {
                return -1;
            }
        }
        record.flip();
        boolean whole = record.getLong() == MAGIC;
        long found = record.getLong();
        return whole && record.getInt() == checksum(record.duplicate().limit(2 * Long.BYTES)) ? found : -1;
    }

    private static int checksum(ByteBuffer record) {
        var crc = new CRC32C();
        crc.update(record.array(), 0, 2 * Long.BYTES);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(true);
        }
    }
}
