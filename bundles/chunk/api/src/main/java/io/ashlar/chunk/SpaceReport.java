package io.ashlar.chunk;

import io.ashlar.base.ChunkId;
import java.util.Map;

/// What an extent manager's tables hold for each chunk, at a space version (SP-12..17).
public record SpaceReport(int extentManager, long spaceVersion, Map<ChunkId, Held> held) {
    public SpaceReport {
        held = Map.copyOf(held);
    }

    /// @param thickBytes full size of the thick segments, written or not (SP-04)
    /// @param newThinBytes full size of the thin segments that the chunk's last known measurement may not contain
    ///     (SP-03, SP-10)
    public record Held(long thickBytes, long newThinBytes) {}
}
