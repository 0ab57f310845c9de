package io.ashlar.store;

import io.ashlar.base.Units;

/// One range of a segment and what it holds now.
///
/// @param kind [SegmentWrite.Kind#DATA]: bytes; the others: zeros, with or without an allocation
/// @param offsetBytes inside the segment, multiple of the sector size
/// @param lengthBytes more than 0, multiple of the sector size
public record SegmentPatch(SegmentWrite.Kind kind, int offsetBytes, int lengthBytes) {
    public SegmentPatch {
        if (offsetBytes < 0
                || lengthBytes <= 0
                || offsetBytes % Units.SECTOR_BYTES != 0
                || lengthBytes % Units.SECTOR_BYTES != 0
                || (long) offsetBytes + lengthBytes > Units.EXTENT_BYTES) {
            throw new IllegalArgumentException("not whole sectors of an extent: " + offsetBytes + "+" + lengthBytes);
        }
    }
}
