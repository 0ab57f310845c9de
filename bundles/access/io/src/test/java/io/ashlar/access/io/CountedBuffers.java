package io.ashlar.access.io;

import io.ashlar.base.Payload;
import java.nio.ByteBuffer;

/// Buffers that know how many of them are out.
final class CountedBuffers implements Buffers {
    private int out;

    int out() {
        return out;
    }

    @Override
    public Payload take(int lengthBytes) {
        out++;
        var memory = ByteBuffer.allocate(lengthBytes);
        return new Payload() {
            @Override
            public ByteBuffer bytes() {
                return memory.duplicate();
            }

            @Override
            protected void recycle() {
                out--;
            }
        };
    }

    @Override
    public Payload zeros(int lengthBytes) {
        return Payload.unpooled(ByteBuffer.allocate(lengthBytes));
    }
}
