package io.ashlar.alloc;

import io.ashlar.base.ChunkId;
import java.util.Optional;

/// One extent to be placed.
///
/// @param width segments wanted, each on a chunk of another node
/// @param minWidth the least that is acceptable when there are too few nodes (S9); 1..width
/// @param segmentBytes what one segment will count on its chunk; a chunk with less free is not eligible
/// @param preferred the chunk that the data is best near to, if any
public record PlacementRequest(int width, int minWidth, long segmentBytes, Optional<ChunkId> preferred) {
    public PlacementRequest {
        if (minWidth < 1 || width < minWidth || segmentBytes < 0) {
            throw new IllegalArgumentException("width " + width + ", at least " + minWidth + ", bytes " + segmentBytes);
        }
    }
}
