package io.ashlar.cluster.zookeeper;

/// What this node remembers about the coordinator, outside of it: enough to notice that it was emptied or exchanged.
///
/// **Thread:** any.
public interface CoordinatorRecord {
    /// @return whether this node has ever found its cluster in the coordinator
    boolean registered();

    /// Durable when it returns.
    void setRegistered();

    /// @return the highest term that this node has led in; 0 for none. A new term is above it, whatever ZooKeeper says
    long highestTerm();

    /// Durable when it returns.
    void setHighestTerm(long term);
}
