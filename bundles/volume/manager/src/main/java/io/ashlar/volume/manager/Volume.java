package io.ashlar.volume.manager;

/// One row of the table of volumes.
///
/// @param name without its pool
/// @param extents how many lids of the VTable are the volume's; what a row of it holds beyond is left from something
///     unfinished
/// @param deleting true from the commit that deletes the volume on: nobody sees it any more, its extents are still to
///     be deleted
record Volume(
        long id,
        long poolId,
        String name,
        long sizeBytes,
        int replicas,
        String placement,
        String provision,
        int extents,
        boolean deleting) {
    Volume resized(long newSizeBytes, int newExtents) {
        return new Volume(id, poolId, name, newSizeBytes, replicas, placement, provision, newExtents, deleting);
    }

    Volume toDelete() {
        return new Volume(id, poolId, name, sizeBytes, replicas, placement, provision, extents, true);
    }
}
