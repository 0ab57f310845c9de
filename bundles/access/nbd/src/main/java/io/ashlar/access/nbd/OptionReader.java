package io.ashlar.access.nbd;

import io.netty.buffer.ByteBuf;

/// Cuts the bytes of the handshake into options. Bounds every length before anything waits for its bytes.
final class OptionReader {
    private static final int CLIENT_FLAGS_BYTES = 4;
    private static final int OPTION_HEADER_BYTES = 16;

    private boolean flagsSeen;

    /// @param in what has arrived; only a whole option is taken from it
    /// @return the next option, or null when bytes are missing
    Option next(ByteBuf in) throws ProtocolViolation {
        if (!flagsSeen) {
            if (in.readableBytes() < CLIENT_FLAGS_BYTES) {
                return null;
            }
            flagsSeen = true;
            return new Option.ClientFlags(in.readInt());
        }
        int start = in.readerIndex();
        if (in.readableBytes() >= Long.BYTES && in.getLong(start) != Nbd.OPTION_MAGIC) {
            throw new ProtocolViolation("an option does not begin with the magic number");
        }
        if (in.readableBytes() < OPTION_HEADER_BYTES) {
            return null;
        }
        int code = in.getInt(start + 8);
        long length = in.getUnsignedInt(start + 12);
        if (length > Limits.MAX_OPTION_BYTES) {
            throw new ProtocolViolation("option " + Integer.toUnsignedString(code) + " claims " + length
                    + " bytes of data; at most " + Limits.MAX_OPTION_BYTES + " are taken");
        }
        if (in.readableBytes() < OPTION_HEADER_BYTES + length) {
            return null;
        }
        in.skipBytes(OPTION_HEADER_BYTES);
        return new Option.Asked(code, in.readSlice((int) length));
    }
}
