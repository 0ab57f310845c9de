package io.ashlar.access.nbd;

import io.ashlar.base.Units;

/// What one client, and all together, may claim.
///
/// @param connections open at a time; the next one is closed at once
/// @param requestsPerConnection in flight at a time, that is from the header's arrival until the reply is in the socket
/// @param bytesPerConnection of data of those requests
/// @param bytes of data of all connections' requests
/// @param handshakeIdleMillis without a complete option, until the connection is closed
/// @param stallMillis without progress of a client that holds memory while others wait for it, until it is closed
record Limits(
        int connections,
        int requestsPerConnection,
        long bytesPerConnection,
        long bytes,
        int handshakeIdleMillis,
        int stallMillis) {
    /// The data of all options is small; what is longer is not NBD.
    static final int MAX_OPTION_BYTES = 64 * 1024;

    /// A refused write's data is read and dropped up to this length, so that the connection stays usable.
    static final int MAX_SKIPPED_WRITE_BYTES = 2 * Units.MAX_IO_BYTES;

    /// The data path takes this much of a trim, of zeroes or of a status at once; longer ones are cut.
    static final long MAX_EFFECT_BYTES = 1L << 31;

    /// Descriptors in one block status reply; the client asks again for the rest.
    static final int MAX_DESCRIPTORS = 8192;

    Limits {
        atLeast("connections", connections, 1);
        atLeast("requestsPerConnection", requestsPerConnection, 1);
        atLeast("bytesPerConnection", bytesPerConnection, Units.MAX_IO_BYTES);
        atLeast("bytes", bytes, Units.MAX_IO_BYTES);
        atLeast("handshakeIdleMillis", handshakeIdleMillis, 1);
        atLeast("stallMillis", stallMillis, 1);
    }

    private static void atLeast(String setting, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(setting + " must be at least " + least + ", not " + value);
        }
    }
}
