package io.ashlar.ops.cli;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Asks again and again, within a bound, and tells what it waits for when that changes.
final class Waiting {

    private static final long PAUSE_MILLIS = 100;

    private final Consumer<String> progress;
    private final long deadlineNanos;
    private String told = "";

    Waiting(Consumer<String> progress, long millis) {
        this(progress, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), "");
    }

    private Waiting(Consumer<String> progress, long deadlineNanos, String told) {
        this.progress = progress;
        this.deadlineNanos = deadlineNanos;
        this.told = told;
    }

    /// @return the same, ending earlier
    Waiting atMost(long millis) {
        long earlier = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        return new Waiting(progress, Math.min(deadlineNanos, earlier), told);
    }

    /// @param missing tells what is still missing, "" when nothing is; its failures for want of a cluster count as
    ///     missing
    /// @throws Failure when the time is over, with what was missing last
    void until(String what, Supplier<String> missing) throws InterruptedException {
        String last = ask(missing);
        if (!last.isEmpty()) {
            throw Failure.unavailable("waited in vain for " + what + ": " + last, "see: runtime/ashlar logs");
        }
    }

    /// As [#until], but goes on when the time is over.
    void tryUntil(String what, Supplier<String> missing) throws InterruptedException {
        String last = ask(missing);
        if (!last.isEmpty()) {
            progress.accept("going on without waiting longer for " + what + ": " + last);
        }
    }

    private String ask(Supplier<String> missing) throws InterruptedException {
        while (true) {
            String now = once(missing);
            if (now.isEmpty() || System.nanoTime() - deadlineNanos >= 0) {
                return now;
            }
            String brief = brief(now);
            if (!brief.equals(told)) {
                progress.accept("waiting: " + brief);
                told = brief;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /// The first of several things; progress is for glancing at.
    private static String brief(String missing) {
        String[] things = missing.split("; ");
        return things.length == 1 ? missing : things[0] + " (and " + (things.length - 1) + " more)";
    }

    private static String once(Supplier<String> missing) {
        try {
            return missing.get();
        } catch (Failure e) {
            if (e.kind().equals(Location.NO_PASSWORD)) {
                return "the node has not made its password yet: " + e.getMessage();
            }
            if (e.exit() == Exit.UNAVAILABLE) {
                return e.getMessage();
            }
            throw e;
        }
    }
}
