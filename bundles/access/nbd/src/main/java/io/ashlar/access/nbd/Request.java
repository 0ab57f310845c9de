package io.ashlar.access.nbd;

/// One request as it stands in its header.
///
/// @param cookie the client's own, sent back with the reply
/// @param offset unsigned: negative means far beyond any volume
/// @param length 0 to 2^32-1
record Request(int flags, int type, long cookie, long offset, long length) {
    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    @Override
    public String toString() {
        return Nbd.command(type) + " of " + length + " bytes at " + Long.toUnsignedString(offset);
    }
}
