package io.ashlar.store.local;

import io.ashlar.base.ChunkId;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.extent.ExtentManager;
import io.ashlar.store.ChunkControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Speaks to the managers for one chunk: registers it, sends a heartbeat every second, asks every minute which segments
/// are garbage. A manager that is away is asked again at the next tick.
///
/// **Thread:** that of the chunk's service; calls of managers may block it.
final class ChunkAgent {
    static final Duration TICK = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ChunkAgent.class);
    private static final int GARBAGE_BATCH = 10_000;
    private static final int GARBAGE_EVERY_TICKS = 60;
    private static final int GARBAGE_AFTER_JOINING_TICKS = 3;
    private static final int MAX_WAIT_TICKS = 10;
    private static final Duration HANGING = Duration.ofSeconds(5);

    private final ChunkService chunk;
    private final Managers managers;
    private final MonotonicClock clock;
    private ChunkManager registeredWith;
    private Engine registeredEngine;
    private ChunkId id;
    private long measurement;
    private int ticksToGarbage;
    private int ticksToRegister;
    private int lastWaitTicks;

    ChunkAgent(ChunkService chunk, Managers managers, MonotonicClock clock) {
        this.chunk = chunk;
        this.managers = managers;
        this.clock = clock;
    }

    void tick() {
        long start = clock.nanos();
        try {
            var open = chunk.look();
            var manager = managers.chunks();
            if (open.isPresent() && manager.isPresent()) {
                speak(open.get(), manager.get());
            }
        } catch (StorageException e) {
            LOG.debug(
                    "chunk {}: the managers are not to be reached: {}",
                    chunk.place().directory(),
                    e.getMessage());
            registeredWith = null;
        } catch (RuntimeException e) {
            // the loop's guard: a manager's bug must not keep the chunk from its next heartbeat
            LOG.error("chunk {}: speaking to the managers failed", chunk.place().directory(), e);
            registeredWith = null;
        }
        if (clock.nanos() - start > HANGING.toNanos()) {
            LOG.warn(
                    "chunk {}: the managers took {} ms to answer",
                    chunk.place().directory(),
                    (clock.nanos() - start) / 1_000_000);
        }
    }

    private void speak(ChunkService.Open open, ChunkManager manager) {
        boolean known = registeredWith == manager && registeredEngine == open.engine();
        if (!known) {
            ticksToRegister--;
            if (ticksToRegister > 0 || !register(open, manager)) {
                return;
            }
        }
        if (!heartbeat(open, manager)) {
            registeredWith = null;
            return;
        }
        ticksToGarbage--;
        if (ticksToGarbage <= 0
                && chunk.state() == ChunkControl.State.SERVING
                && managers.extents().isPresent()) {
            ticksToGarbage = GARBAGE_EVERY_TICKS;
            collect(open.engine(), managers.extents().get());
        }
    }

    private boolean register(ChunkService.Open open, ChunkManager manager) {
        var here = managers.identity();
        if (here.isEmpty()) {
            return false;
        }
        UUID cluster = open.identity().cluster().orElse(here.get().clusterUuid());
        var place = chunk.place();
        var registration = new ChunkRegistration(
                cluster,
                open.identity().store(),
                place.nodeName(),
                place.machineId(),
                diskId(place.directory()),
                place.host(),
                place.port(),
                place.directory().toString(),
                open.stats().capacityBytes());
        return switch (manager.register(registration)) {
            case Outcome.Ok<ChunkId>(var cid) -> {
                chunk.joined(open, cluster, cid);
                id = cid;
                lastWaitTicks = 0;
                registeredWith = manager;
                registeredEngine = open.engine();
                ticksToGarbage = GARBAGE_AFTER_JOINING_TICKS;
                yield chunk.state() == ChunkControl.State.SERVING;
            }
            case Outcome.Refused<ChunkId>(var refusal) -> {
                refused(open, refusal);
                yield false;
            }
        };
    }

    private void refused(ChunkService.Open open, Outcome.Refusal refusal) {
        switch (refusal.kind()) {
            case UNAVAILABLE ->
                LOG.debug("chunk {}: not registered yet: {}", chunk.place().directory(), refusal.what());
            case IN_USE -> {
                // its registration at another address counts as alive until that has been silent for a while
                lastWaitTicks = Math.clamp(2L * lastWaitTicks, 1, MAX_WAIT_TICKS);
                ticksToRegister = lastWaitTicks;
                chunk.waitFor(open, refusal.what() + "; " + refusal.remedy());
            }
            default -> chunk.refuse(open, refusal.what() + "; " + refusal.remedy());
        }
    }

    private boolean heartbeat(ChunkService.Open open, ChunkManager manager) {
        var stats = open.stats();
        measurement++;
        var report = new ChunkReport(
                id,
                chunk.trouble().orElse(""),
                stats.capacityBytes(),
                stats.usedBytes(),
                stats.segments(),
                measurement);
        return manager.heartbeat(report) instanceof Outcome.Ok;
    }

    /// Drops what the extent manager names; an answer that does not come drops nothing.
    private void collect(Engine engine, ExtentManager extents) {
        var held = engine.pids();
        for (int from = 0; from < held.size(); from += GARBAGE_BATCH) {
            var asked = held.subList(from, Math.min(held.size(), from + GARBAGE_BATCH));
            drop(engine, extents.garbage(id, asked));
        }
    }

    private void drop(Engine engine, List<Pid> garbage) {
        for (var pid : garbage) {
            engine.drop(pid, dropped -> {
                if (dropped) {
                    LOG.info("chunk {}: segment {} of a deleted extent dropped", id, pid);
                } else {
                    LOG.warn("chunk {}: segment {} of a deleted extent was not dropped; it is tried again", id, pid);
                }
            });
        }
    }

    private static String diskId(Path directory) {
        try {
            return Files.getFileStore(directory).name();
        } catch (IOException e) {
            LOG.warn("the device below {} is not known: {}", directory, e.getMessage());
            return "unknown";
        }
    }
}
