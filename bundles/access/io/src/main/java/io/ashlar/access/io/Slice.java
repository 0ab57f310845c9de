package io.ashlar.access.io;

import io.ashlar.base.Payload;
import java.nio.ByteBuffer;

/// A part of another payload, without a copy.
final class Slice extends Payload {
    private final Payload whole;
    private final ByteBuffer part;

    private Slice(Payload whole, int offsetBytes, int lengthBytes) {
        this.whole = whole;
        this.part = whole.bytes().slice(offsetBytes, lengthBytes);
    }

    /// @param whole one reference of it is taken over
    static Payload of(Payload whole, int offsetBytes, int lengthBytes) {
        return offsetBytes == 0 && whole.bytes().remaining() == lengthBytes
                ? whole
                : new Slice(whole, offsetBytes, lengthBytes);
    }

    @Override
    public ByteBuffer bytes() {
        return part.duplicate();
    }

    @Override
    protected void recycle() {
        whole.release();
    }
}
