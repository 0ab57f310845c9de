package io.ashlar.extent.manager;

import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.base.Units;
import io.ashlar.cluster.Leadership;
import io.ashlar.extent.ExtentSpec;
import io.ashlar.extent.LeaseResult;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A small world around extent managers: one store, one chunk manager, time that tests move.
final class World {
    static final long LEASE_MILLIS = 10_000;
    static final long MARGIN_MILLIS = 1_000;
    static final long RESERVE_TIMEOUT_MILLIS = 2_000;

    static final class Term implements Leadership {
        final long number;
        volatile boolean valid = true;

        Term(long number) {
            this.number = number;
        }

        @Override
        public long term() {
            return number;
        }

        @Override
        public boolean valid() {
            return valid;
        }
    }

    private static final class Provisions implements ProvisionEngine {
        @Override
        public Provision provision(String policyName, ProvisionRequest request) {
            boolean thick = policyName.equals("thick");
            return new Provision(thick, thick ? request.segmentBytes() : 0, request.segmentBytes(), policyName);
        }

        @Override
        public List<PolicyInfo> policies() {
            return List.of();
        }
    }

    final MemoryMetaStore store = new MemoryMetaStore();
    final FakeChunks chunks;
    final Set<ProcessIdentity> gone = new HashSet<>();
    private final AtomicLong nowNanos = new AtomicLong(TimeUnit.DAYS.toNanos(3));
    Term term = new Term(1);
    ExtentService manager;

    World() {
        this(new FakeChunks().with(1, 100L << 30).with(2, 100L << 30).with(3, 100L << 30));
    }

    World(FakeChunks chunks) {
        this.chunks = chunks;
        manager = start();
        manager.tick();
    }

    private ExtentService start() {
        return new ExtentService(
                new ExtentService.World(term, store, chunks, new Provisions(), this::nowNanos, gone::contains),
                new ExtentService.Settings(LEASE_MILLIS, MARGIN_MILLIS, RESERVE_TIMEOUT_MILLIS));
    }

    /// A new leader takes over; the old one does not hear of it.
    ExtentService newLeader() {
        term = new Term(term.number + 1);
        manager = start();
        manager.tick();
        return manager;
    }

    /// The component is replaced within one term.
    ExtentService restartInTerm() throws InterruptedException {
        manager.end("replaced", 1_000);
        manager = start();
        manager.tick();
        return manager;
    }

    long nowNanos() {
        return nowNanos.get();
    }

    void pass(long millis) {
        nowNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    static ProcessIdentity process(int number) {
        return new ProcessIdentity("machine", "boot", number, 7);
    }

    SessionId session(int process) {
        var id = SessionId.random();
        ok(manager.openSession(id, "n" + process, process(process)));
        return id;
    }

    List<Lid> thin(int count) {
        return ok(manager.create(new ExtentSpec(7, 3, "even", "thin"), count));
    }

    List<Lid> thick(int count) {
        return ok(manager.create(new ExtentSpec(8, 3, "even", "thick"), count));
    }

    LeaseResult.Granted granted(SessionId session, Lid lid, boolean toWrite) {
        return (LeaseResult.Granted) manager.acquire(session, lid, toWrite);
    }

    static <T> T ok(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> value;
            case Outcome.Refused<T>(var refusal) -> throw new AssertionError(refusal);
        };
    }

    static <T> Outcome.Refusal refusal(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> throw new AssertionError("not refused: " + value);
            case Outcome.Refused<T>(var refusal) -> refusal;
        };
    }

    static long extents(long count) {
        return count * Units.EXTENT_BYTES;
    }
}
