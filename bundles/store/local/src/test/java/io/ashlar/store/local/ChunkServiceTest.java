package io.ashlar.store.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.store.ChunkControl.State;
import io.ashlar.store.ChunkStore;
import io.ashlar.store.FenceResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkServiceTest {
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Settings SETTINGS = Rig.SMALL;

    @TempDir
    Path directory;

    private final FakeManagers managers = new FakeManagers();
    private final AtomicReference<ChunkStore> published = new AtomicReference<>();
    private final List<ChunkService> services = new ArrayList<>();

    @AfterEach
    void endAll() {
        services.forEach(ChunkService::end);
    }

    private ChunkService service() {
        var place = new ChunkService.Place("n1", directory, "127.0.0.1", 0, "machine");
        var service = new ChunkService(place, SETTINGS, managers, this::publish, System::nanoTime, TICK);
        services.add(service);
        service.begin();
        return service;
    }

    private ChunkService.Published publish(ChunkStore store) {
        published.set(store);
        return () -> published.compareAndSet(store, null);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not in 20 s: " + what);
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    private void awaitServing(ChunkService service) {
        await("serving", () -> service.state() == State.SERVING && published.get() != null);
    }

    @Test
    void aNewChunkServesOnceItHasBeenGivenItsId() {
        managers.chunks.away = true;
        var service = service();
        await("asked", () -> managers.chunks.asked > 0);
        assertEquals(State.STARTING, service.state());
        assertEquals(Optional.empty(), service.id());

        managers.chunks.away = false;
        awaitServing(service);

        assertEquals(new ChunkId(7), published.get().id());
        assertEquals(Optional.of(new ChunkId(7)), service.id());
        assertEquals(managers.cluster, managers.chunks.registered.getLast().clusterUuid());
        await("a heartbeat", () -> managers.chunks.lastReport != null);
    }

    @Test
    void aKnownChunkServesWithoutAnyManagerAndRegistersWhenOneComes() {
        var first = service();
        awaitServing(first);
        first.end();
        managers.present = false;
        managers.chunks.registered.clear();

        var second = service();
        awaitServing(second);
        FenceResult fenced = Rig.await(c -> published.get().fence(Rig.identity(new Pid(5)), Rig.epoch(1), c));
        assertInstanceOf(FenceResult.Fenced.class, fenced);

        managers.present = true;
        await("registered", () -> !managers.chunks.registered.isEmpty());
    }

    @Test
    void aChunkOfAnotherClusterIsTakenOutOfService() {
        var first = service();
        awaitServing(first);
        first.end();
        var before = managers.cluster;
        managers.cluster = UUID.randomUUID();

        var second = service();
        await("out of service", () -> second.state() == State.FAILED && published.get() == null);
        assertEquals(before, managers.chunks.registered.getLast().clusterUuid(), "it tells its own cluster's");
        assertTrue(second.trouble().orElseThrow().contains("cluster"));
    }

    /// It has come back at another address, and its old registration counts as alive for a while.
    @Test
    void aChunkThatCountsAsAliveElsewhereWaitsAndAsksAgainLessAndLessOften() {
        var first = service();
        awaitServing(first);
        first.end();
        managers.chunks.livesElsewhere = true;
        managers.chunks.asked = 0;
        int before = managers.looked.get();

        var second = service();
        await("ticks", () -> managers.looked.get() > before + 30);
        assertEquals(State.STARTING, second.state());
        assertEquals(null, published.get(), "it may be a copy of one that lives");
        assertTrue(second.trouble().orElseThrow().contains("try again in ten seconds"));
        int asked = managers.chunks.asked;
        assertTrue(asked >= 4 && asked <= 8, asked + " times in 30 ticks");

        managers.chunks.livesElsewhere = false;
        awaitServing(second);
        assertEquals(Optional.empty(), second.trouble());
    }

    @Test
    void aStoppedChunkStaysStoppedUntilItIsStarted() {
        var first = service();
        awaitServing(first);

        assertEquals(Outcome.ok(State.STOPPED), first.stop());
        assertEquals(null, published.get());
        assertEquals(new ChunkId(7), managers.chunks.stopped);
        first.end();

        var second = service();
        await("stopped", () -> second.state() == State.STOPPED && second.id().isPresent());
        assertEquals(Outcome.ok(State.SERVING), second.start());
        awaitServing(second);
    }

    @Test
    void aSecondInstanceWaitsForTheFirstToEnd() {
        var first = service();
        awaitServing(first);
        var second = service();
        await("refused", () -> second.trouble().orElse("").contains("another instance"));
        assertEquals(State.STARTING, second.state());

        first.end();

        awaitServing(second);
    }

    @Test
    void aManagerThatForgotTheChunkIsToldAgain() {
        var service = service();
        awaitServing(service);
        int before = managers.chunks.registered.size();
        managers.chunks.forgetful = true;
        await("registered again", () -> managers.chunks.registered.size() > before + 1);
        assertEquals(State.SERVING, service.state());
    }

    @Test
    void segmentsOfDeletedExtentsAreDroppedAndOthersKept() {
        var service = service();
        awaitServing(service);
        var store = published.get();
        for (long pid : new long[] {5, 6}) {
            Rig.<FenceResult>await(c -> store.fence(Rig.identity(new Pid(pid)), Rig.epoch(1), c));
        }
        managers.extents.deleted = new Pid(5);

        await("one is left", () -> store.stats().segments() == 1);

        FenceResult kept = Rig.await(c -> store.fence(Rig.identity(new Pid(6)), Rig.epoch(1), c));
        assertInstanceOf(FenceResult.Fenced.class, kept);
    }

    @Test
    void defaultsAreWhatTheDocumentationSays() throws NoSuchMethodException {
        assertEquals(
                0L, LocalChunk.Config.class.getDeclaredMethod("capacityBytes").getDefaultValue());
        assertEquals(
                100,
                LocalChunk.Config.class.getDeclaredMethod("capacityPercent").getDefaultValue());
        assertEquals(
                256L << 20,
                LocalChunk.Config.class.getDeclaredMethod("reserveBytes").getDefaultValue());
        assertEquals(
                256L << 20,
                LocalChunk.Config.class.getDeclaredMethod("journalBytes").getDefaultValue());
        assertEquals(
                "127.0.0.1", LocalChunk.Config.class.getDeclaredMethod("host").getDefaultValue());
        assertEquals(0, LocalChunk.Config.class.getDeclaredMethod("port").getDefaultValue());
    }
}
