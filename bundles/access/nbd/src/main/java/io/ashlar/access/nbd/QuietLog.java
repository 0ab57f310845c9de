package io.ashlar.access.nbd;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// A log for what strangers can cause: so many lines a period, then only their number.
///
/// **Thread:** any.
final class QuietLog {
    static final int LINES_PER_PERIOD = 10;
    static final long PERIOD_NANOS = 10_000_000_000L;

    private final Consumer<String> sink;
    private final LongSupplier nanos;
    private long periodStart;
    private int lines;
    private long suppressed;

    QuietLog(Consumer<String> sink, LongSupplier nanos) {
        this.sink = sink;
        this.nanos = nanos;
        periodStart = nanos.getAsLong();
    }

    void line(String message) {
        String shown = admit(message);
        if (shown != null) {
            sink.accept(shown);
        }
    }

    private synchronized String admit(String message) {
        long now = nanos.getAsLong();
        if (now - periodStart >= PERIOD_NANOS) {
            periodStart = now;
            lines = 0;
        }
        if (lines >= LINES_PER_PERIOD) {
            suppressed++;
            return null;
        }
        lines++;
        long missing = suppressed;
        suppressed = 0;
        return missing == 0 ? message : message + " (" + missing + " such lines were left out before)";
    }
}
