package io.ashlar.cluster.embedded;

import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// ZooKeeper's server without an ensemble, and without a main program around it that would end the process.
final class LoneServer extends ZooKeeperServer {
    private static final Logger LOG = LoggerFactory.getLogger(LoneServer.class);

    LoneServer(FileTxnSnapLog files, int tickMillis, int minSessionMillis, int maxSessionMillis, int backlog) {
        super(files, tickMillis, minSessionMillis, maxSessionMillis, backlog, new ZKDatabase(files), "");
    }

    @Override
    protected void setState(State state) {
        super.setState(state);
        if (state == State.ERROR) {
            LOG.error(
                    "the embedded ZooKeeper server has failed and serves nothing any more; free or replace the disk of its"
                            + " dataDir, then restart the node");
        }
    }

    /// The thread that expires sessions sleeps to the end of its tick before it notices the end; an interrupt would be
    /// an error to it.
    void awaitEnd() {
        if (sessionTracker instanceof Thread expirer) {
            boolean interrupted = Thread.interrupted();
            try {
                expirer.join(2L * EmbeddedServer.TICK_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
