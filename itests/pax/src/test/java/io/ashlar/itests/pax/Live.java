package io.ashlar.itests.pax;

import io.ashlar.base.Outcome;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/// The framework that the tests run in.
final class Live {

    private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(40);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private Live() {}

    static BundleContext context() {
        return FrameworkUtil.getBundle(Live.class).getBundleContext();
    }

    /// The service as it is now; waits for it when there is none.
    static <S> S service(Class<S> type) {
        await(() -> "a service " + type.getName(), () -> context().getServiceReference(type) != null);
        return context().getService(context().getServiceReference(type));
    }

    static Bundle bundle(String symbolicName) {
        for (var bundle : context().getBundles()) {
            if (symbolicName.equals(bundle.getSymbolicName())) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + symbolicName);
    }

    static <T> T ok(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> value;
            case Outcome.Refused<T>(var refusal) -> throw new AssertionError(refusal);
        };
    }

    /// Waits, with a bound, until something is so.
    ///
    /// @param what in words, asked again when it did not come
    static void await(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + BOUND_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("waited in vain for " + what.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
