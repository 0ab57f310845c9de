package io.ashlar.chunk;

/// One object of the topology tree cluster > zone > rack > brick > node > chunk (CM-01).
///
/// @param parentId [#CLUSTER_ID] for what hangs below the cluster itself; the cluster object has itself as parent
/// @param ringId place on the ring, for nodes; 0 for others (AL-13)
public record TopoObject(long id, Kind kind, String name, long parentId, long ringId) {
    public static final long CLUSTER_ID = 1;

    /// From large to small.
    public enum Kind {
        CLUSTER,
        ZONE,
        RACK,
        BRICK,
        NODE,
        CHUNK
    }
}
