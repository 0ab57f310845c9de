package io.ashlar.cluster.zookeeper;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/// A real ZooKeeper server that a test stops and starts again on the same port and data.
final class TestServer implements AutoCloseable {
    private static final int TICK_MILLIS = 200;

    private final File data;
    private int port;
    private NIOServerCnxnFactory listener;
    private FileTxnSnapLog files;

    TestServer(Path data) {
        this.data = data.toFile();
        start();
    }

    void start() {
        FileTxnLog.setPreallocSize(1 << 20);
        try {
            listener = new NIOServerCnxnFactory();
            listener.configure(new InetSocketAddress("127.0.0.1", port), 100);
            port = listener.getLocalPort();
            files = new FileTxnSnapLog(data, data);
            listener.startup(new ZooKeeperServer(files, TICK_MILLIS, 400, 60_000, -1, new ZKDatabase(files), ""));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("no server", e);
        }
    }

    void stop() {
        listener.shutdown();
        try {
            files.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    int port() {
        return port;
    }

    String connect() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        stop();
    }
}
