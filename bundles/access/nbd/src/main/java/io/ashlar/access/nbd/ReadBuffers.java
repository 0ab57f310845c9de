package io.ashlar.access.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/// Gives a channel the memory that it reads into: the rest of a write's own buffer while one is being received, else a
/// buffer for many small requests at once.
///
/// **Thread:** one for each channel; used on its event loop.
final class ReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int MANY_REQUESTS_BYTES = 64 * 1024;

    /// While large writes come in, little is read beyond a header, since what is read with the header has to be copied.
    private static final int AFTER_LARGE_WRITE_BYTES = 4 * 1024;
    private static final int LARGE_WRITE_BYTES = 32 * 1024;

    private final WriteIntake intake;
    private int nextBytes = MANY_REQUESTS_BYTES;

    ReadBuffers(WriteIntake intake) {
        this.intake = intake;
    }

    /// @param length of the data of the write that has been received
    void received(int length) {
        nextBytes = length >= LARGE_WRITE_BYTES ? AFTER_LARGE_WRITE_BYTES : MANY_REQUESTS_BYTES;
    }

    @Override
    @SuppressWarnings("deprecation") // the interface's own return type
    public Handle newHandle() {
        return new Offers();
    }

    private final class Offers extends MaxMessageHandle {
        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return intake.isActive() && !intake.isComplete()
                    ? intake.offer()
                    : allocator.directBuffer(nextBytes, nextBytes);
        }

        @Override
        public int guess() {
            return nextBytes;
        }
    }
}
