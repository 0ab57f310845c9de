package io.ashlar.cluster.embedded;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.apache.zookeeper.util.ServiceUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A ZooKeeper server of its own in this process: the real one, with its log and snapshots on disk, synced before it
/// answers.
///
/// It has no admin server and no administrative commands, and listens where it is told, by default on loopback. It asks
/// nobody who he is; what protects the nodes in it are the access lists that its clients put on them.
final class EmbeddedServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);

    static final int TICK_MILLIS = 500;
    static final int MIN_SESSION_MILLIS = 2 * TICK_MILLIS;
    static final int MAX_SESSION_MILLIS = 120_000;
    static final int MAX_CONNECTIONS = 128;
    static final int MAX_CONNECTIONS_IN_ALL = 1024;
    private static final String MAX_CONNECTIONS_PROPERTY = "zookeeper.maxCnxns";
    private static final int BACKLOG = 64;
    private static final long LOG_STEP_BYTES = 4L * 1024 * 1024;
    private static final int KEPT_SNAPSHOTS = 3;
    private static final int PURGE_HOURS = 6;

    private final FileChannel lock;
    private final FileTxnSnapLog files;
    private final ServerCnxnFactory listener;
    private final LoneServer server;
    private final DatadirCleanupManager cleaner;

    private EmbeddedServer(
            FileChannel lock,
            FileTxnSnapLog files,
            ServerCnxnFactory listener,
            LoneServer server,
            DatadirCleanupManager cleaner) {
        this.lock = lock;
        this.files = files;
        this.listener = listener;
        this.server = server;
        this.cleaner = cleaner;
    }

    /// @param port 0 for one that is free
    /// @throws StorageException when directory or port cannot be had; the message names the setting
    static EmbeddedServer start(Path directory, String host, int port) {
        long began = System.nanoTime();
        // a failed snapshot must not end the whole process; the server goes into its error state and serves nothing
        ServiceUtils.setSystemExitProcedure(ServiceUtils.LOG_ONLY);
        FileTxnLog.setPreallocSize(LOG_STEP_BYTES);
        if (System.getProperty(MAX_CONNECTIONS_PROPERTY) == null) { // there is no other way to set it
            System.setProperty(MAX_CONNECTIONS_PROPERTY, Integer.toString(MAX_CONNECTIONS_IN_ALL));
        }
        var lock = lock(directory);
        try {
            var started = startLocked(lock, directory, new InetSocketAddress(host, port));
            LOG.info(
                    "ZooKeeper serves on {}:{} from {} after {} ms",
                    host,
                    started.port(),
                    directory,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            return started;
        } catch (RuntimeException | Error e) {
            closeQuietly(lock);
            throw e;
        }
    }

    private static FileChannel lock(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var channel = FileChannel.open(
                    directory.resolve("server.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new StorageException.Unavailable("ZooKeeper's directory " + directory
                        + " is in use by another server; stop it, or change dataDir of " + EmbeddedServerComponent.PID);
            }
            return channel;
        } catch (IOException e) {
            throw new StorageException.MediaFailed(
                    "cannot use ZooKeeper's directory " + directory + " (dataDir of " + EmbeddedServerComponent.PID
                            + "): " + e,
                    e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // by another server of this very process
        }
    }

    private static EmbeddedServer startLocked(FileChannel lock, Path directory, InetSocketAddress address) {
        ServerCnxnFactory listener = null;
        FileTxnSnapLog files = null;
        try {
            listener = ServerCnxnFactory.createFactory();
            listener.configure(address, MAX_CONNECTIONS, BACKLOG);
            files = new FileTxnSnapLog(directory.toFile(), directory.toFile());
            var server = new LoneServer(files, TICK_MILLIS, MIN_SESSION_MILLIS, MAX_SESSION_MILLIS, BACKLOG);
            listener.startup(server);
            var cleaner =
                    new DatadirCleanupManager(directory.toFile(), directory.toFile(), KEPT_SNAPSHOTS, PURGE_HOURS);
            cleaner.start();
            return new EmbeddedServer(lock, files, listener, server, cleaner);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            release(listener, files);
            throw new StorageException.Unavailable("interrupted while ZooKeeper was starting", e);
        } catch (BindException e) {
            release(listener, files);
            throw new StorageException.Unavailable(
                    "ZooKeeper cannot listen on " + address.getHostString() + ":" + address.getPort() + " ("
                            + e.getMessage() + "); stop what uses the port, or change clientPort (or host) of "
                            + EmbeddedServerComponent.PID,
                    e);
        } catch (IOException e) {
            release(listener, files);
            throw new StorageException.MediaFailed("ZooKeeper cannot start from " + directory + ": " + e, e);
        }
    }

    private static void release(ServerCnxnFactory listener, FileTxnSnapLog files) {
        if (listener != null) {
            listener.shutdown();
        }
        closeQuietly(files == null ? () -> {} : files::close);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// Ends all connections and writes what is accepted; sessions live on in the files.
    @Override
    public void close() {
        cleaner.shutdown();
        listener.shutdown(); // shuts the server down, too
        server.awaitEnd();
        closeQuietly(files::close);
        closeQuietly(lock);
    }

    private static void closeQuietly(Closing resource) {
        try {
            resource.close();
        } catch (IOException e) {
            LOG.warn("the embedded ZooKeeper server was not closed cleanly", e);
        }
    }

    private static void closeQuietly(FileChannel channel) {
        closeQuietly(channel::close);
    }

    private interface Closing {
        void close() throws IOException;
    }
}
