/// A ZooKeeper server in the process.
package io.ashlar.cluster.embedded;
