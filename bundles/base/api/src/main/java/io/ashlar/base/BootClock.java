package io.ashlar.base;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Linux `CLOCK_BOOTTIME`: unlike `System.nanoTime` it counts the time that the machine was suspended, which a lease
/// must (S7).
public final class BootClock implements MonotonicClock {
    private static final int CLOCK_BOOTTIME = 7;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final MethodHandle clockGettime;

    @SuppressWarnings("restricted") // the one call of this class into libc
    public BootClock() {
        var linker = Linker.nativeLinker();
        var address = linker.defaultLookup()
                .find("clock_gettime")
                .orElseThrow(
                        () -> new StorageException.Unavailable("this platform has no clock_gettime; run on Linux"));
        clockGettime = linker.downcallHandle(
                address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    @Override
    public long nanos() {
        try (var arena = Arena.ofConfined()) {
            MemorySegment timespec = arena.allocate(ValueLayout.JAVA_LONG, 2);
            if ((int) clockGettime.invokeExact(CLOCK_BOOTTIME, timespec) != 0) {
                throw new IllegalStateException("CLOCK_BOOTTIME is not readable");
            }
            return timespec.getAtIndex(ValueLayout.JAVA_LONG, 0) * NANOS_PER_SECOND
                    + timespec.getAtIndex(ValueLayout.JAVA_LONG, 1);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime", e);
        }
    }
}
