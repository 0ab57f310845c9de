package io.ashlar.itests.pax;

import java.io.IOException;

/// Where a load writes: sectors by offset, each call to its end.
interface Disk extends AutoCloseable {

    int SECTOR = 4096;

    /// @throws IOException when the write is not acknowledged
    void write(long offset, byte[] sector) throws IOException;

    /// @throws IOException when the read fails
    byte[] read(long offset) throws IOException;

    @Override
    void close() throws IOException;
}
