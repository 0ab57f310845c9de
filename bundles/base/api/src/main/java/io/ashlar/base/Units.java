package io.ashlar.base;

/// Sizes that the on-disk formats and the protocols agree on. All values are bytes unless the name says otherwise.
public final class Units {
    /// One sector: the unit of checksums, and the smallest write that a chunk store accepts.
    public static final int SECTOR_BYTES = 4 * 1024;

    /// One block: the unit of thin allocation inside a segment (NU-09).
    public static final int BLOCK_BYTES = 256 * 1024;

    /// One extent: the unit of placement, leases and replication (EM-01, NU-10).
    public static final int EXTENT_BYTES = 256 * 1024 * 1024;

    /// Blocks in one replica segment.
    public static final int BLOCKS_PER_EXTENT = EXTENT_BYTES / BLOCK_BYTES;

    /// Sectors in one block.
    public static final int SECTORS_PER_BLOCK = BLOCK_BYTES / SECTOR_BYTES;

    /// The largest single read or write that any layer accepts; frontends cut or refuse what is longer.
    public static final int MAX_IO_BYTES = 32 * 1024 * 1024;

    private Units() {}

    /// @return how many extents a volume of `sizeBytes` has
    public static int extentsOf(long sizeBytes) {
        return Math.toIntExact((sizeBytes + EXTENT_BYTES - 1) / EXTENT_BYTES);
    }
}
