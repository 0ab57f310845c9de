package io.ashlar.store.local;

import io.ashlar.base.Payload;
import io.ashlar.base.Units;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentWrite;

/// What an advance must be to be taken at all; anything else is a bug of the caller.
final class AdvanceCheck {
    private AdvanceCheck() {}

    /// @param maxBytes what a frame of the journal takes
    static void check(SegmentAdvance advance, Payload data, int[] checksums, long maxBytes) {
        if (advance.patches().size() > SegmentAdvance.MAX_PATCHES) {
            throw new IllegalArgumentException(
                    advance.patches().size() + " patches are more than " + SegmentAdvance.MAX_PATCHES);
        }
        if (advance.target().epoch().compareTo(advance.epoch()) > 0) {
            throw new IllegalArgumentException(
                    "the target " + advance.target() + " is of a later epoch than " + advance.epoch());
        }
        long counted = advance.target().counter() - advance.expected().counter();
        if (counted < 0 || counted == 0 && !advance.patches().isEmpty()) {
            throw new IllegalArgumentException(
                    advance.patches().size() + " patches from " + advance.expected() + " to " + advance.target());
        }
        long end = 0;
        long dataBytes = 0;
        for (var patch : advance.patches()) {
            if (patch.offsetBytes() < end) {
                throw new IllegalArgumentException("patches overlap or are out of order at " + patch);
            }
            end = (long) patch.offsetBytes() + patch.lengthBytes();
            dataBytes += patch.kind() == SegmentWrite.Kind.DATA ? patch.lengthBytes() : 0;
        }
        long most = Math.min(maxBytes, SegmentAdvance.MAX_DATA_BYTES);
        if (dataBytes > most) {
            throw new IllegalArgumentException(dataBytes + " bytes are more than an advance takes, " + most);
        }
        checkData(dataBytes, data, checksums);
    }

    private static void checkData(long dataBytes, Payload data, int[] checksums) {
        boolean fits = dataBytes > 0
                ? data != null
                        && data.bytes().remaining() == dataBytes
                        && checksums != null
                        && checksums.length == dataBytes / Units.SECTOR_BYTES
                : data == null && checksums == null;
        if (!fits) {
            throw new IllegalArgumentException("data or checksums do not fit " + dataBytes + " bytes of patches");
        }
    }
}
