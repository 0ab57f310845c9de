package io.ashlar.volume;

import java.util.Optional;

/// A volume to be made. What is empty is taken from the pool.
///
/// @param name `pool/volume`
/// @param sizeBytes more than 0, multiple of the sector size, at most [VolumeInfo#MAX_SIZE_BYTES]
public record VolumeSpec(
        String name,
        long sizeBytes,
        Optional<Integer> replicas,
        Optional<String> placement,
        Optional<String> provision) {}
