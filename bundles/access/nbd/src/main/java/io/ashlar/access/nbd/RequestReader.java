package io.ashlar.access.nbd;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// Puts request headers together, wherever the network cut them.
final class RequestReader {
    private final ByteBuffer header = ByteBuffer.allocate(Nbd.REQUEST_BYTES);

    /// @param in is read up to the end of the header, not further
    /// @return the request, or null when bytes are missing
    Request next(ByteBuf in) throws ProtocolViolation {
        header.limit(Math.min(Nbd.REQUEST_BYTES, header.position() + in.readableBytes()));
        in.readBytes(header);
        if (header.position() >= Integer.BYTES && header.getInt(0) != Nbd.REQUEST_MAGIC) {
            throw new ProtocolViolation("a request does not begin with the magic number");
        }
        if (header.position() < Nbd.REQUEST_BYTES) {
            return null;
        }
        header.clear();
        return new Request(
                Short.toUnsignedInt(header.getShort(4)),
                Short.toUnsignedInt(header.getShort(6)),
                header.getLong(8),
                header.getLong(16),
                Integer.toUnsignedLong(header.getInt(24)));
    }
}
