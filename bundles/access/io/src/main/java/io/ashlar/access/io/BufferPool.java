package io.ashlar.access.io;

import io.ashlar.base.Payload;
import io.ashlar.base.Units;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Direct buffers in sizes of powers of two. What is kept for reuse is bounded; beyond that a buffer is left to the
/// collector.
///
/// **Thread:** any.
final class BufferPool implements Buffers {
    private static final int SMALLEST_SHIFT = 12;
    private static final int CLASSES = 14;
    private static final int MAX_KEPT_OF_A_CLASS = 512;
    private static final int SHARED_ZEROS_BYTES = 1024 * 1024;

    private final long maxKeptBytes;
    private final AtomicLong keptBytes = new AtomicLong();
    private final ArrayBlockingQueue<ByteBuffer>[] free;
    private final ByteBuffer zeros =
            ByteBuffer.allocateDirect(SHARED_ZEROS_BYTES).asReadOnlyBuffer();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    BufferPool(long maxKeptBytes) {
        this.maxKeptBytes = maxKeptBytes;
        this.free = new ArrayBlockingQueue[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            free[i] = new ArrayBlockingQueue<>(MAX_KEPT_OF_A_CLASS);
        }
    }

    @Override
    public Payload take(int lengthBytes) {
        int shift = Math.max(SMALLEST_SHIFT, Integer.SIZE - Integer.numberOfLeadingZeros(lengthBytes - 1));
        int index = shift - SMALLEST_SHIFT;
        if (index >= CLASSES) {
            return Payload.unpooled(ByteBuffer.allocateDirect(lengthBytes));
        }
        ByteBuffer memory = free[index].poll();
        if (memory == null) {
            memory = ByteBuffer.allocateDirect(1 << shift);
        } else {
            keptBytes.addAndGet(-memory.capacity());
        }
        return new Pooled(memory, index, lengthBytes);
    }

    @Override
    public Payload zeros(int lengthBytes) {
        return lengthBytes <= SHARED_ZEROS_BYTES
                ? Payload.unpooled(zeros.slice(0, lengthBytes))
                : Payload.unpooled(ByteBuffer.allocateDirect(lengthBytes));
    }

    long keptBytes() {
        return keptBytes.get();
    }

    private void giveBack(ByteBuffer memory, int index) {
        int bytes = memory.capacity();
        if (keptBytes.addAndGet(bytes) > maxKeptBytes || !free[index].offer(memory)) {
            keptBytes.addAndGet(-bytes);
        }
    }

    private final class Pooled extends Payload {
        private final ByteBuffer memory;
        private final ByteBuffer view;
        private final int index;

        Pooled(ByteBuffer memory, int index, int lengthBytes) {
            this.memory = memory;
            this.view = memory.slice(0, lengthBytes);
            this.index = index;
        }

        @Override
        public ByteBuffer bytes() {
            return view.duplicate();
        }

        @Override
        protected void recycle() {
            giveBack(memory, index);
        }
    }

    static {
        if (1 << SMALLEST_SHIFT != Units.SECTOR_BYTES || 1 << (SMALLEST_SHIFT + CLASSES - 1) != Units.MAX_IO_BYTES) {
            throw new IllegalStateException("the classes do not cover the sizes of requests");
        }
    }
}
