/// Cluster services on a ZooKeeper session.
package io.ashlar.cluster.zookeeper;
