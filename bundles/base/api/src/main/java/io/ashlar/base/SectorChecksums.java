package io.ashlar.base;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// CRC32C of each 4 KiB sector: computed once where data enters, carried with it, kept by the store, checked on every
/// read.
public final class SectorChecksums {
    /// The checksum of a sector of zeros.
    public static final int ZERO_SECTOR = zeroSector();

    private SectorChecksums() {}

    /// @param bytes remaining() is a multiple of the sector size; position and limit are left as they were
    /// @return one checksum a sector, in order
    public static int[] of(ByteBuffer bytes) {
        int length = bytes.remaining();
        if (length % Units.SECTOR_BYTES != 0) {
            throw new IllegalArgumentException(length + " bytes are not whole sectors");
        }
        var view = bytes.duplicate();
        var checksums = new int[length / Units.SECTOR_BYTES];
        var crc = new CRC32C();
        for (int i = 0; i < checksums.length; i++) {
            view.limit(view.position() + Units.SECTOR_BYTES);
            crc.reset();
            crc.update(view);
            checksums[i] = (int) crc.getValue();
        }
        return checksums;
    }

    private static int zeroSector() {
        var crc = new CRC32C();
        crc.update(new byte[Units.SECTOR_BYTES]);
        return (int) crc.getValue();
    }
}
