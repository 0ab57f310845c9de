package io.ashlar.chunk;

import io.ashlar.base.ChunkId;
import java.util.List;

/// The places for one extent.
public sealed interface SpaceReply {
    /// @param policy name and version of the policy that chose
    record Booked(List<ChunkId> chunks, String policy, String why) implements SpaceReply {
        public Booked {
            chunks = List.copyOf(chunks);
        }
    }

    /// @param noSpace true when space was missing, false when eligible nodes were
    record Refused(boolean noSpace, String why) implements SpaceReply {}
}
