package io.ashlar.cluster.zookeeper;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for conditions, with a bound.
final class Await {
    static final int SECONDS = 20;

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        until(what, () -> "", condition);
    }

    static void until(String what, Supplier<String> seen, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within " + SECONDS + " s: " + what + " " + seen.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
