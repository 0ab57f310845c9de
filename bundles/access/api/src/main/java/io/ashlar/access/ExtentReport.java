package io.ashlar.access;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Pid;
import java.util.List;

/// The comparison of one extent's replicas.
///
/// @param index of the extent in its volume
/// @param identical true when every listed replica was read whole, undamaged, and holds the same bytes at the same
///     generation
/// @param detail for the operator: which replica differs and how, or the common digest
public record ExtentReport(int index, Pid pid, boolean identical, List<Replica> replicas, String detail) {
    public ExtentReport {
        replicas = List.copyOf(replicas);
    }

    /// @param digest SHA-256 of the bytes in hex, or what kept it from being read
    public record Replica(ChunkId chunk, String generation, String digest) {}
}
