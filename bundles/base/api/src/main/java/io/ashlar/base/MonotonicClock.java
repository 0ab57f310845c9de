package io.ashlar.base;

/// Time that only goes forward, for leases and deadlines. Handed to constructors, so that a test or the simulator owns
/// time.
@FunctionalInterface
public interface MonotonicClock {
    /// @return nanoseconds since an arbitrary start; goes on while the machine is suspended where the platform can tell
    long nanos();

    default long millis() {
        return nanos() / 1_000_000;
    }
}
