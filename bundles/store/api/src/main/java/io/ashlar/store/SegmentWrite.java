package io.ashlar.store;

import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import io.ashlar.base.Units;

/// One change of a segment.
///
/// @param generation the generation that the segment has after it; its epoch is the lease epoch of the request
/// @param offsetBytes inside the segment, multiple of the sector size
/// @param lengthBytes more than 0, multiple of the sector size
public record SegmentWrite(Pid pid, Generation generation, Kind kind, int offsetBytes, int lengthBytes) {
    /// What happens to the range.
    public enum Kind {
        /// The bytes are replaced.
        DATA,
        /// The range reads as zeros; whole blocks are given back.
        DISCARD,
        /// The range reads as zeros; its blocks stay (or become) allocated.
        ZERO
    }

    public SegmentWrite {
        if (offsetBytes < 0
                || lengthBytes <= 0
                || offsetBytes % Units.SECTOR_BYTES != 0
                || lengthBytes % Units.SECTOR_BYTES != 0
                || (long) offsetBytes + lengthBytes > Units.EXTENT_BYTES) {
            throw new IllegalArgumentException("not whole sectors of an extent: " + offsetBytes + "+" + lengthBytes);
        }
    }
}
