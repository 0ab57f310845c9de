package io.ashlar.alloc.engine;

import io.ashlar.base.ObjectName;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls the policies of one SPI: finds who serves a name, keeps the time bound, judges the answer, keeps the record.
///
/// **First call.** The first call of a fresh bundle loads its classes, which may well take longer than the bound. So a
/// policy is tried once, on a small made-up question and with a bound of seconds, before it becomes eligible; until
/// then the version before it (or the default) serves. One that fails the trial is quarantined without ever having
/// answered.
final class PolicyGuard<P> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyGuard.class);

    static final long TRIAL_MILLIS = 2000;

    private final PolicyRegistry<P> registry;
    private final PolicyCaller caller;
    private final PolicyCaller trials;
    private volatile long boundMillis;

    PolicyGuard(PolicyRegistry<P> registry, long boundMillis) {
        this.registry = registry;
        this.boundMillis = boundMillis;
        caller = new PolicyCaller("ashlar-" + registry.spi() + "-policy");
        trials = new PolicyCaller("ashlar-" + registry.spi() + "-trial");
    }

    /// @param label of the policy that answered, or empty where the default must
    /// @param note why it must
    record Reply<R>(Optional<R> answer, String label, String note) {}

    /// Tries a new instance; a bad one comes out quarantined.
    ///
    /// @param judge what is wrong with the answer, or empty
    <R> void tryOut(PolicyInstance<P> instance, Callable<R> question, Function<R, Optional<String>> judge) {
        var answer = trials.call(TRIAL_MILLIS, question, () -> runaway(instance));
        switch (answer) {
            case PolicyCaller.Answer.Given<R>(var value) ->
                judgeSafely(value, judge).ifPresent(problem -> quarantine(instance, "failed its trial: " + problem));
            case PolicyCaller.Answer.Failed<R>(var why) ->
                quarantine(instance, "failed its trial: " + ObjectName.printable(why));
            case PolicyCaller.Answer.Skipped<R>(var why) ->
                LOG.warn("{} policy {} goes untried: {}", registry.spi(), instance.label(), why);
        }
    }

    /// Asks the instance that serves the name.
    ///
    /// @param judge the rest of the work with an answer that came in time; it says what is wrong with it, or empty
    <R> Reply<R> ask(String name, int decisions, Function<P, R> question, Function<R, Optional<String>> judge) {
        var found = registry.find(name);
        if (found.instance().isEmpty()) {
            return new Reply<>(Optional.empty(), "", found.whyNot());
        }
        var instance = found.instance().get();
        var answer = caller.call(boundMillis, () -> question.apply(instance.policy()), () -> runaway(instance));
        return switch (answer) {
            case PolicyCaller.Answer.Given<R>(var value) -> {
                var problem = judgeSafely(value, judge);
                problem.ifPresentOrElse(why -> failed(instance, why), () -> instance.good(decisions));
                yield new Reply<>(Optional.ofNullable(value), instance.label(), problem.orElse(""));
            }
            case PolicyCaller.Answer.Failed<R>(var why) -> {
                failed(instance, ObjectName.printable(why));
                yield new Reply<>(Optional.empty(), instance.label(), ObjectName.printable(why));
            }
            case PolicyCaller.Answer.Skipped<R>(var why) -> new Reply<>(Optional.empty(), instance.label(), why);
        };
    }

    void bound(long millis) {
        boundMillis = millis;
    }

    int abandonedThreads() {
        return caller.abandoned() + trials.abandoned();
    }

    @Override
    public void close() {
        caller.close();
        trials.close();
    }

    /// An answer is foreign data: a list of its own making may throw when it is read.
    private static <R> Optional<String> judgeSafely(R value, Function<R, Optional<String>> judge) {
        try {
            return judge.apply(value);
        } catch (RuntimeException e) {
            return Optional.of("the answer cannot be read: " + ObjectName.printable(e.toString()));
        }
    }

    private void failed(PolicyInstance<P> instance, String why) {
        LOG.warn("{} policy {} failed: {}", registry.spi(), instance.label(), why);
        if (instance.failed(why)) {
            LOG.error("{} policy {} is quarantined: {}", registry.spi(), instance.label(), instance.quarantined());
        }
    }

    private void runaway(PolicyInstance<P> instance) {
        quarantine(instance, "a thread of it does not come back; its class loader stays pinned until the process ends");
    }

    private void quarantine(PolicyInstance<P> instance, String why) {
        if (instance.quarantine(why)) {
            LOG.error("{} policy {} is quarantined: {}", registry.spi(), instance.label(), why);
        }
    }
}
