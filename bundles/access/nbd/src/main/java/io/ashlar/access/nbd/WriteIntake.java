package io.ashlar.access.nbd;

import io.ashlar.base.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// Receives the data of one write into one buffer. What came in the same read as the header is copied; the rest is read
/// by the socket straight into its place, which [ReadBuffers] offers to the channel.
///
/// **Thread:** the connection's event loop.
final class WriteIntake {
    private ByteBuf data;
    private ByteBuf offered;
    private int filled;

    boolean isActive() {
        return data != null;
    }

    boolean isComplete() {
        return filled == data.capacity();
    }

    /// @param length positive
    void begin(ByteBufAllocator allocator, int length) {
        data = allocator.directBuffer(length, length);
        offered = null;
        filled = 0;
    }

    void fill(ByteBuf in) {
        int length = Math.min(in.readableBytes(), data.capacity() - filled);
        data.setBytes(filled, in, length);
        filled += length;
    }

    /// @return a place for the socket to read into, owned by the caller
    ByteBuf offer() {
        offered = data.retainedSlice(filled, data.capacity() - filled).writerIndex(0);
        return offered;
    }

    /// @param received what the channel read; counted, and no longer needed, if it is the place that was offered
    boolean took(ByteBuf received) {
        if (received != offered) {
            return false;
        }
        filled += received.readableBytes();
        offered = null;
        return true;
    }

    /// @return the complete data, with one reference
    Payload finish() {
        var payload = new BufferPayload(data);
        data = null;
        offered = null;
        return payload;
    }

    /// The connection has ended.
    void abandon() {
        if (data != null) {
            data.release();
            data = null;
            offered = null;
        }
    }
}
