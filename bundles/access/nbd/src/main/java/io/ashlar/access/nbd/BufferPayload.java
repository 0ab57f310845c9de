package io.ashlar.access.nbd;

import io.ashlar.base.Payload;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/// A pooled buffer on its way into the store; it returns to the pool with the last reference.
final class BufferPayload extends Payload {
    private final ByteBuf buffer;
    private final ByteBuffer bytes;

    /// @param buffer full, in one piece; its reference passes to the payload
    BufferPayload(ByteBuf buffer) {
        this.buffer = buffer;
        bytes = buffer.nioBuffer(0, buffer.capacity());
    }

    @Override
    public ByteBuffer bytes() {
        return bytes.duplicate();
    }

    @Override
    protected void recycle() {
        buffer.release();
    }
}
