package io.ashlar.base;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/// Bytes on their way between socket and journal, counted by reference, so that they are never copied and never
/// recycled under somebody who still reads or fills them (a late disk, for example). It is born with one reference,
/// that of its maker.
///
/// **Thread:** [#retain()] and [#release()] from any thread. The bytes of a write do not change after the first
/// hand-over.
public abstract class Payload {
    private final AtomicInteger references = new AtomicInteger(1);

    /// @return a view of all the bytes: position 0, limit = capacity = length. Each call gives a view of its own.
    public abstract ByteBuffer bytes();

    /// Gives the memory back; called once, by whoever drops the last reference.
    protected abstract void recycle();

    /// Must be called before the bytes are handed to somebody who may outlive the caller's own reference.
    public final Payload retain() {
        if (references.getAndIncrement() <= 0) {
            throw new IllegalStateException("payload retained after its last release");
        }
        return this;
    }

    public final void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            recycle();
        } else if (left < 0) {
            throw new IllegalStateException("payload released more often than retained");
        }
    }

    /// A payload over memory that the garbage collector takes care of.
    public static Payload unpooled(ByteBuffer memory) {
        return new Unpooled(memory.slice());
    }

    private static final class Unpooled extends Payload {
        private final ByteBuffer memory;

        Unpooled(ByteBuffer memory) {
            this.memory = memory;
        }

        @Override
        public ByteBuffer bytes() {
            return memory.duplicate();
        }

        @Override
        protected void recycle() {
            // the garbage collector does
        }
    }
}
