package io.ashlar.alloc;

import io.ashlar.base.ChunkId;
import java.util.List;
import java.util.Optional;

/// The chunks at one moment, as policies see them.
///
/// @param epoch grows with each change of the view
/// @param chunks sorted by id
public record ClusterView(long epoch, List<Chunk> chunks) {
    public ClusterView {
        chunks = List.copyOf(chunks);
    }

    public Optional<Chunk> chunk(ChunkId id) {
        return chunks.stream().filter(chunk -> chunk.id().equals(id)).findFirst();
    }

    /// One chunk.
    ///
    /// @param zone name of the domain that it lies in, or "" where the topology has none of this level
    /// @param node the machine; never empty
    /// @param eligible whether it may take new segments: connected, healthy, not isolated, not leaving (AL-23)
    /// @param slow whether it should be avoided while others are there (CM-22)
    /// @param capacityBytes what segments may take at most
    /// @param allocatedBytes used, reserved and promised; may exceed the capacity when thin segments filled
    public record Chunk(
            ChunkId id,
            String zone,
            String rack,
            String brick,
            String node,
            boolean eligible,
            boolean slow,
            long capacityBytes,
            long allocatedBytes) {

        public long freeBytes() {
            return Math.max(0, capacityBytes - allocatedBytes);
        }

        /// @return 0..100; 0 for a chunk without capacity
        public int freePercent() {
            return capacityBytes == 0 ? 0 : (int) (freeBytes() * 100.0 / capacityBytes);
        }
    }
}
