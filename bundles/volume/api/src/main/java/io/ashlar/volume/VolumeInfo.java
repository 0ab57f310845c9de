package io.ashlar.volume;

import java.util.List;

/// A volume as the operator sees it.
///
/// @param name `pool/volume`
/// @param extents how many lextents it has
/// @param placedExtents how many of them have a place
/// @param openBy the clients that have it open now
public record VolumeInfo(
        long id,
        String name,
        long sizeBytes,
        int replicas,
        String placement,
        String provision,
        int extents,
        int placedExtents,
        List<String> openBy) {
    /// 64 TiB: what one map of extents is kept for.
    public static final long MAX_SIZE_BYTES = 64L << 40;

    public VolumeInfo {
        openBy = List.copyOf(openBy);
    }
}
