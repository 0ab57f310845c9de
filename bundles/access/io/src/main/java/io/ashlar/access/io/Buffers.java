package io.ashlar.access.io;

import io.ashlar.base.Payload;

/// Where memory for reads and merged writes comes from.
interface Buffers {
    /// @return exactly so many bytes, of any content, with one reference
    Payload take(int lengthBytes);

    /// @return exactly so many bytes, all zero, not to be written to, with one reference
    Payload zeros(int lengthBytes);
}
