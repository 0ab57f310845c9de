package io.ashlar.access.io;

import io.ashlar.base.ChunkId;

/// What an [ExtentOwner] may look at besides its events.
interface OwnerView {
    enum Presence {
        /// Can be called.
        PRESENT,
        /// Cannot be called now, but may be soon: it starts or is being replaced.
        AWAITED,
        /// Cannot be called, and nobody says that it comes back soon.
        GONE
    }

    /// @return number of the open session, or 0 while there is none
    long session();

    /// @return until when the leases of that session are proven by the clock (S7); [Long#MIN_VALUE] when it is not the
    ///     open one
    long provenUntilNanos(long session);

    Presence presence(ChunkId chunk);

    /// @return whether the chunk has so little room left that new blocks are refused before they get a generation (S13)
    boolean scarce(ChunkId chunk);
}
