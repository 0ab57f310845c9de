package io.ashlar.access.io;

import io.ashlar.access.ExtentReport;
import io.ashlar.access.IoFailure;
import io.ashlar.access.VolumeAccess;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.Completion;
import io.ashlar.base.Lid;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.volume.VolumeInfo;
import io.ashlar.volume.VolumeMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The data path of one access point: loops, session, open volumes.
final class DataPath implements VolumeAccess {
    private static final Logger LOG = LoggerFactory.getLogger(DataPath.class);
    private static final long BLOCKING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long COMPARE_SECONDS = 150;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final MonotonicClock clock;
    private final IoSettings settings;
    private final Managers managers;
    private final SessionKeeper sessions;
    private final List<ExtentLoop> loops = new ArrayList<>();
    private final BufferPool buffers;
    private final OpenVolumes open;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong();
    private volatile boolean stopping;

    DataPath(
            IoSettings settings,
            Stores stores,
            Managers managers,
            MonotonicClock clock,
            String node,
            ProcessIdentity process) {
        this.settings = settings;
        this.managers = managers;
        this.clock = clock;
        this.buffers = new BufferPool(settings.bufferBytes());
        this.open = new OpenVolumes(managers, this::sessionId);
        this.sessions = new SessionKeeper(
                managers, clock, node, process, settings.renewNanos(), this::sessionOver, open::announce);
        var shell = new Shell(stores, managers, sessions, clock, settings, buffers);
        for (int i = 0; i < settings.loops(); i++) {
            loops.add(new ExtentLoop(i, clock, shell, settings));
        }
    }

    void start() {
        loops.forEach(ExtentLoop::start);
        sessions.start();
    }

    /// Finishes what is in flight, for a bounded time; then nothing of it runs any more.
    void stop() {
        stopping = true;
        long end = System.nanoTime() + settings.stopNanos();
        while (inFlight.get() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(this, POLL_NANOS);
        }
        toAll(new Event.Abort("the access layer stops"));
        for (ExtentLoop loop : loops) {
            try {
                loop.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        sessions.stop();
        managers.stop(settings.stopNanos());
    }

    SessionKeeper sessions() {
        return sessions;
    }

    private SessionId sessionId() {
        return sessions.session().id();
    }

    // ---- what handles need ----------------------------------------------------------------------------------------

    ExtentLoop loopOf(Lid lid) {
        return loops.get((int) Math.floorMod(lid.value(), (long) loops.size()));
    }

    long deadline() {
        return clock.nanos() + settings.requestNanos();
    }

    BufferPool buffers() {
        return buffers;
    }

    /// @return null when a request may come in
    IoFailure admission() {
        if (stopping) {
            return new IoFailure(IoFailure.Kind.SHUTTING_DOWN, "the access layer stops");
        }
        if (inFlight.get() >= settings.requestsInFlight()) {
            return new IoFailure(IoFailure.Kind.IO, "more than " + settings.requestsInFlight() + " requests in flight");
        }
        return null;
    }

    Completion<OpResult> counted(Completion<OpResult> part) {
        inFlight.incrementAndGet();
        requests.incrementAndGet();
        return result -> {
            inFlight.decrementAndGet();
            part.done(result);
        };
    }

    /// Asks for the newest map, then goes on in any case; what cannot be asked stays as it was.
    void refresh(OpenVolume volume, Runnable then) {
        managers.ask(
                () -> managers.volumes().map(volume.map().volumeId()),
                outcome -> {
                    if (outcome instanceof Outcome.Ok<VolumeMap>(var map)) {
                        volume.learn(map);
                    }
                    then.run();
                },
                why -> {
                    LOG.warn(
                            "the map of {} was not read again: {}", volume.map().name(), why);
                    then.run();
                });
    }

    void closed(Opening opening) {
        open.close(opening);
    }

    // ---- VolumeAccess ---------------------------------------------------------------------------------------------

    @Override
    public Outcome<VolumeHandle> open(String name, String client) {
        return blocking(() -> {
            SessionId session = awaitSession();
            return managers.within(BLOCKING_NANOS, () -> managers.volumes().open(name, session, client))
                    .then(map -> Outcome.<VolumeHandle>ok(handle(map, client, session)));
        });
    }

    private OpenHandle handle(VolumeMap map, String client, SessionId knownUnder) {
        return new OpenHandle(this, open.add(map, client, knownUnder));
    }

    @Override
    public Outcome<List<String>> list() {
        return blocking(() -> managers.within(
                        BLOCKING_NANOS, () -> managers.volumes().volumes(""))
                .then(infos ->
                        Outcome.ok(infos.stream().map(VolumeInfo::name).sorted().toList())));
    }

    @Override
    public Outcome<List<ExtentReport>> verify(String name) {
        return blocking(() -> {
            SessionId session = awaitSession();
            String client = "verify";
            return managers.within(BLOCKING_NANOS, () -> managers.volumes().open(name, session, client))
                    .then(map -> {
                        try (OpenHandle handle = handle(map, client, session)) {
                            return Outcome.ok(compareAll(handle.volume()));
                        }
                    });
        });
    }

    private List<ExtentReport> compareAll(OpenVolume volume) {
        var reports = new ArrayList<ExtentReport>();
        List<Lid> lids = volume.map().lids();
        for (int i = 0; i < lids.size(); i++) {
            int index = i;
            compare(lids.get(i), volume)
                    .ifPresent(report -> reports.add(new ExtentReport(
                            index, report.pid(), report.identical(), report.replicas(), report.detail())));
        }
        return reports;
    }

    private Optional<ExtentReport> compare(Lid lid, OpenVolume volume) {
        var future = new CompletableFuture<OpResult>();
        long deadline = clock.nanos() + TimeUnit.SECONDS.toNanos(COMPARE_SECONDS);
        loopOf(lid).submit(lid, Op.digest(deadline, counted(future::complete)), volume);
        try {
            return switch (future.get(COMPARE_SECONDS + 1, TimeUnit.SECONDS)) {
                case OpResult.Compared(var report) -> report;
                case OpResult.Failed(var failure) -> throw new StorageException.Unavailable(failure.message());
                case OpResult.Done done -> throw new IllegalStateException("a comparison without a report");
                case OpResult.Data data -> throw new IllegalStateException("a comparison without a report");
                case OpResult.Blocks blocks -> throw new IllegalStateException("a comparison without a report");
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new StorageException.Unavailable("extent " + lid + " was not compared in time", e);
        }
    }

    private <T> Outcome<T> blocking(java.util.function.Supplier<Outcome<T>> work) {
        try {
            return work.get();
        } catch (StorageException e) {
            return Outcome.refused(
                    Outcome.Kind.UNAVAILABLE, e.getMessage(), "try again when the cluster is healthy: status");
        }
    }

    private SessionId awaitSession() {
        long end = System.nanoTime() + BLOCKING_NANOS;
        while (sessions.session().id() == null) {
            if (stopping || System.nanoTime() > end) {
                throw new StorageException.Unavailable("this access point has no session with the extent manager");
            }
            LockSupport.parkNanos(this, POLL_NANOS);
        }
        return sessions.session().id();
    }

    // ---- sessions -------------------------------------------------------------------------------------------------

    /// @return whether all extents have dropped their leases for certain
    private boolean sessionOver(long number) {
        return toAll(new Event.SessionOver(number));
    }

    private boolean toAll(Event event) {
        var applied = new CountDownLatch(loops.size());
        loops.forEach(loop -> loop.postToAll(event, applied::countDown));
        try {
            return applied.await(settings.stopNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Counts at one moment.
    ///
    /// @param requests parts of requests that came in since the start, one for each extent touched
    record Counters(long requests, int inFlight, long keptBufferBytes) {}

    Counters counters() {
        return new Counters(requests.get(), inFlight.get(), buffers.keptBytes());
    }
}
