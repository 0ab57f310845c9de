/// Identity from files, and session, membership and election on ZooKeeper.
package io.ashlar.cluster.zookeeper;
