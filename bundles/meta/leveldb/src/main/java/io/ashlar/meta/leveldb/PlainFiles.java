package io.ashlar.meta.leveldb;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.iq80.leveldb.Logger;
import org.iq80.leveldb.env.DbLock;
import org.iq80.leveldb.env.Env;
import org.iq80.leveldb.env.File;
import org.iq80.leveldb.env.RandomInputFile;
import org.iq80.leveldb.env.SequentialFile;
import org.iq80.leveldb.env.WritableFile;
import org.iq80.leveldb.fileenv.EnvImpl;
import org.iq80.leveldb.fileenv.MmapLimiter;
import org.iq80.leveldb.util.Slice;

/// The files of the database, with plain reads and writes.
///
/// The library's own files are not used, because a mapped file that meets a full disk kills the process, its unmapped
/// writer takes a short write for a whole one, and its unmapped reader fails for a thread that was interrupted.
final class PlainFiles implements Env {
    private final Env library = EnvImpl.createEnv(MmapLimiter.newLimiter(0));
    private final Logger logger;

    PlainFiles(Logger logger) {
        this.logger = logger;
    }

    @Override
    public RandomInputFile newRandomAccessFile(File file) throws IOException {
        return new Reader(new RandomAccessFile(file.getPath(), "r"));
    }

    @Override
    public WritableFile newWritableFile(File file) throws IOException {
        var path = Path.of(file.getPath());
        var writer = new Writer(FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
        syncDirectory(path.getParent());
        return writer;
    }

    @Override
    public WritableFile newAppendableFile(File file) throws IOException {
        return new Writer(
                FileChannel.open(Path.of(file.getPath()), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    /// A new file's name is durable before anything in it is acknowledged.
    static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public long nowMicros() {
        return library.nowMicros();
    }

    @Override
    public File toFile(String filename) {
        return library.toFile(filename);
    }

    @Override
    public File createTempDir(String prefix) {
        return library.createTempDir(prefix);
    }

    @Override
    public SequentialFile newSequentialFile(File file) throws IOException {
        return library.newSequentialFile(file);
    }

    @Override
    public void writeStringToFileSync(File file, String content) throws IOException {
        library.writeStringToFileSync(file, content);
    }

    @Override
    public String readFileToString(File file) throws IOException {
        return library.readFileToString(file);
    }

    @Override
    public Logger newLogger(File loggerFile) {
        return logger;
    }

    @Override
    public DbLock tryLock(File file) throws IOException {
        return library.tryLock(file);
    }

    private static final class Writer implements WritableFile {
        private final FileChannel channel;

        Writer(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void append(Slice data) throws IOException {
            var bytes = data.toByteBuffer();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Reader implements RandomInputFile {
        private final RandomAccessFile file;
        private final long size;

        Reader(RandomAccessFile file) throws IOException {
            this.file = file;
            this.size = file.length();
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public ByteBuffer read(long offset, int length) throws IOException {
            if (offset < 0 || length < 0 || offset + length > size) {
                throw new IOException("a damaged table points to " + length + " bytes at " + offset + " of " + size);
            }
            var bytes = new byte[length];
            synchronized (file) {
                file.seek(offset);
                file.readFully(bytes);
            }
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
