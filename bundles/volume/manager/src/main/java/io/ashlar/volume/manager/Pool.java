package io.ashlar.volume.manager;

/// One row of the table of pools.
record Pool(long id, String name, int replicas, String placement, String provision) {}
