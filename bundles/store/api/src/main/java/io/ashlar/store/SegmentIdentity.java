package io.ashlar.store;

import io.ashlar.base.Lid;
import io.ashlar.base.Pid;

/// Who a segment is; kept in its header so that the metadata can be rebuilt from the chunks alone.
///
/// @param volumeId number of the volume that the extent was made for
/// @param index 0 for a replica; the shard's number under erasure coding
/// @param mayCreate whether a missing segment is to be made: true only until the extent's first sync was recorded
public record SegmentIdentity(Pid pid, Lid lid, long volumeId, int index, boolean mayCreate) {}
