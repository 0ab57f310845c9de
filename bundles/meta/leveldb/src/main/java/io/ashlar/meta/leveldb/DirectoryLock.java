package io.ashlar.meta.leveldb;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// One process, and one store in it, holds a directory.
final class DirectoryLock implements AutoCloseable {
    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    static DirectoryLock take(Path directory) throws IOException {
        var file = directory.resolve("store.lock");
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw new StorageException.Unavailable(
                    "the metadata in " + directory + " is in use by another process; stop it, or give another dataDir");
        }
        return new DirectoryLock(channel);
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by another store of this very process
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /// Closing the channel gives the lock back.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
