package io.ashlar.store;

import io.ashlar.base.Generation;

/// What a chunk tells of a segment when it is fenced.
///
/// @param generation the last admitted write or stamp
/// @param complete false while a copy into it has not ended (S6) or damage was found that no generation names
public record SegmentState(Generation generation, boolean complete) {}
