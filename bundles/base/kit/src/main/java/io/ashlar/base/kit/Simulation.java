package io.ashlar.base.kit;

import io.ashlar.base.MonotonicClock;
import java.util.PriorityQueue;
import java.util.Random;

/// A world of its own on one thread: virtual time, a queue of things to come, and one source of chance. The same seed
/// gives the same history, so a failure is repeated by its seed.
public final class Simulation implements MonotonicClock {
    private record Happening(long nanos, long order, Runnable what) implements Comparable<Happening> {
        @Override
        public int compareTo(Happening other) {
            return nanos != other.nanos ? Long.compare(nanos, other.nanos) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Happening> queue = new PriorityQueue<>();
    private final Random random;
    private final long seed;
    private long now = 1;
    private long order;

    public Simulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    }

    public long seed() {
        return seed;
    }

    public Random random() {
        return random;
    }

    @Override
    public long nanos() {
        return now;
    }

    /// @param delayNanos not negative; things of one moment happen in the order in which they were asked for
    public void after(long delayNanos, Runnable what) {
        if (delayNanos < 0) {
            throw new IllegalArgumentException("time goes forward only: " + delayNanos);
        }
        queue.add(new Happening(now + delayNanos, order++, what));
    }

    public void afterMillis(long delayMillis, Runnable what) {
        after(delayMillis * 1_000_000, what);
    }

    /// @return whether an event with this probability happens
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /// @return a value in `[from, to)`
    public long between(long from, long to) {
        return from + (long) (random.nextDouble() * (to - from));
    }

    /// Lets everything happen that is due within the time, and what follows from it.
    ///
    /// @param afterEach called after each single thing
    public void run(long nanos, Runnable afterEach) {
        long end = now + nanos;
        while (!queue.isEmpty() && queue.peek().nanos() <= end) {
            Happening next = queue.poll();
            now = next.nanos();
            next.what().run();
            afterEach.run();
        }
        now = end;
    }
}
