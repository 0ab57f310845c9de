package io.ashlar.store;

import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Pid;
import io.ashlar.base.Units;
import java.util.List;

/// Brings a segment that lags to a later generation in one step (the delta of S1): all patches and the generation
/// together, or nothing; so that the segment is never incomplete on the way (S6).
///
/// @param epoch of the lease under which it is asked for; must be the segment's fence
/// @param expected the generation that the segment has
/// @param target the generation that it has afterwards: that of the segment the patches were taken from
/// @param patches as [HistoryResult.Changes]; at most [#MAX_DATA_BYTES] of bytes and [#MAX_PATCHES] in number
public record SegmentAdvance(
        Pid pid, LeaseEpoch epoch, Generation expected, Generation target, List<SegmentPatch> patches) {
    /// A lease owner keeps no more bytes than this on their way to one extent, so that a crash can always be mended by
    /// an advance.
    public static final int MAX_DATA_BYTES = Units.MAX_IO_BYTES;

    /// A lease owner keeps no more writes than this on their way to one extent, and a segment remembers at least as
    /// many.
    public static final int MAX_PATCHES = 256;

    public SegmentAdvance {
        patches = List.copyOf(patches);
        if (target.compareTo(expected) <= 0) {
            throw new IllegalArgumentException("from " + expected + " to " + target);
        }
    }
}
