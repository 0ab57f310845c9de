package io.ashlar.store;

import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.StorageException;
import java.util.List;

/// What has changed in a segment since one of its generations.
public sealed interface HistoryResult {
    /// Written to a segment that has the asked generation, these patches (with the bytes that this segment holds there
    /// now) make it equal.
    ///
    /// @param patches in order of offset, not overlapping; empty when nothing but stamps came after
    record Changes(List<SegmentPatch> patches) implements HistoryResult {
        public Changes {
            patches = List.copyOf(patches);
        }

        /// @return the sum of the lengths of the patches that carry bytes
        public long dataBytes() {
            return patches.stream()
                    .filter(patch -> patch.kind() == SegmentWrite.Kind.DATA)
                    .mapToLong(SegmentPatch::lengthBytes)
                    .sum();
        }
    }

    /// The segment does not remember having had that generation: too long ago, or never. Only a whole copy helps (S1).
    record Unknown() implements HistoryResult {}

    record Fenced(LeaseEpoch highest) implements HistoryResult {}

    record Missing() implements HistoryResult {}

    record Failed(StorageException cause) implements HistoryResult {}
}
