package io.ashlar.store.local;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// A file of the operating system, through its page cache.
final class LocalFile implements DiskFile {
    private static final int ZEROS_BYTES = 64 * 1024;
    private static final int NO_DESCRIPTOR = -1;

    private final Path path;
    private final RandomAccessFile file;
    private final FileChannel channel;
    /// For `fallocate` alone; opened when first needed, guarded by `this`.
    private int descriptor = NO_DESCRIPTOR;

    LocalFile(Path path) throws IOException {
        this.path = path;
        this.file = new RandomAccessFile(path.toFile(), "rw");
        this.channel = file.getChannel();
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void setSize(long bytes) throws IOException {
        file.setLength(bytes);
    }

    @Override
    public void read(ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw new EOFException(path + " ends before " + (at + into.remaining()));
            }
            at += count;
        }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
        long at = position;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    @Override
    public void write(ByteBuffer[] from, long position) throws IOException {
        channel.position(position);
        for (int first = 0; first < from.length; ) {
            if (from[first].hasRemaining()) {
                channel.write(from, first, from.length - first);
            } else {
                first++;
            }
        }
    }

    @Override
    public void zero(long position, long length) throws IOException {
        if (length < ZEROS_BYTES
                || !Posix.fallocate(descriptor(), Posix.ZERO_RANGE | Posix.KEEP_SIZE, position, length)) {
            writeZeros(position, length);
        }
    }

    @Override
    public void punch(long position, long length) throws IOException {
        if (!Posix.fallocate(descriptor(), Posix.PUNCH_HOLE | Posix.KEEP_SIZE, position, length)) {
            writeZeros(position, length);
        }
    }

    @Override
    public void reserve(long position, long length) throws IOException {
        // where the file system cannot, the chunk's reserve has to do
        Posix.fallocate(descriptor(), Posix.KEEP_SIZE, position, length);
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
    }

    @Override
    public synchronized void close() throws IOException {
        try (file) {
            if (descriptor != NO_DESCRIPTOR) {
                Posix.close(descriptor);
                descriptor = NO_DESCRIPTOR;
            }
        }
    }

    private synchronized int descriptor() throws IOException {
        if (descriptor == NO_DESCRIPTOR) {
            descriptor = Posix.open(path.toString());
        }
        return descriptor;
    }

    private void writeZeros(long position, long length) throws IOException {
        var zeros = ByteBuffer.allocateDirect((int) Math.min(length, ZEROS_BYTES));
        for (long done = 0; done < length; ) {
            zeros.clear().limit((int) Math.min(length - done, zeros.capacity()));
            int count = zeros.remaining();
            write(zeros, position + done);
            done += count;
        }
    }
}
