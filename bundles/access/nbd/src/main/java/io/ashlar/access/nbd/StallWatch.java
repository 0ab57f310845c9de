package io.ashlar.access.nbd;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Finds a client that holds memory without moving: it sends no more of a write that it has begun, or reads no replies.
/// That is its right - it may be a virtual machine that is paused - until others wait for that memory.
///
/// **Thread:** the connection's event loop.
final class StallWatch {
    private static final int CHECKS_PER_PERIOD = 3;

    private final long stallNanos;
    private final Channel channel;
    private final BooleanSupplier receiving;
    private final BooleanSupplier othersWait;
    private final Runnable stalled;
    private final ScheduledFuture<?> checks;

    private long lastProgressNanos = System.nanoTime();
    private long lastPending;
    private long lastPart;

    StallWatch(
            int stallMillis, Channel channel, BooleanSupplier receiving, BooleanSupplier othersWait, Runnable stalled) {
        stallNanos = TimeUnit.MILLISECONDS.toNanos(stallMillis);
        this.channel = channel;
        this.receiving = receiving;
        this.othersWait = othersWait;
        this.stalled = stalled;
        long period = stallNanos / CHECKS_PER_PERIOD;
        checks = channel.eventLoop().scheduleWithFixedDelay(this::check, period, period, TimeUnit.NANOSECONDS);
    }

    /// The client sent or received something.
    void progress() {
        lastProgressNanos = System.nanoTime();
    }

    void close() {
        checks.cancel(false);
    }

    private void check() {
        long pending = lookAtReplies();
        boolean holding = pending > 0 || receiving.getAsBoolean();
        if (holding && othersWait.getAsBoolean() && System.nanoTime() - lastProgressNanos >= stallNanos) {
            stalled.run();
        }
    }

    /// A long reply goes out in parts, each of which is progress.
    private long lookAtReplies() {
        var outbound = channel.unsafe().outboundBuffer();
        if (outbound == null) {
            return 0; // closed
        }
        long pending = outbound.totalPendingWriteBytes();
        long part = outbound.currentProgress();
        if (pending != lastPending || part != lastPart) {
            lastPending = pending;
            lastPart = part;
            progress();
        }
        return pending;
    }
}
