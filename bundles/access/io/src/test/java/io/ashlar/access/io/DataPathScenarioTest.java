package io.ashlar.access.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.access.IoFailure;
import io.ashlar.access.IoOutcome;
import io.ashlar.access.ReadOutcome;
import io.ashlar.access.StatusOutcome;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.Payload;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.Units;
import io.ashlar.chunk.ChunkInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The whole data path with its threads, over model chunks and a model manager.
class DataPathScenarioTest {
    private static final long VOLUME_BYTES = 2L * Units.EXTENT_BYTES;
    private static final int MIB = 1024 * 1024;

    private final List<ExecutorService> threads = new ArrayList<>();
    private final List<FaultyStore> chunks = new ArrayList<>();
    private ModelManager extents;
    private ModelVolumes volumes;
    private Managers managers;
    private Stores stores;
    private DataPath path;
    private VolumeHandle disk;
    private long roomMillis = 200;

    @BeforeEach
    void up() {
        for (int i = 1; i <= 3; i++) {
            var thread = Executors.newSingleThreadExecutor();
            threads.add(thread);
            chunks.add(new FaultyStore(new ModelChunk(i), thread));
        }
        extents = new ModelManager(
                System::nanoTime, chunks.stream().map(FaultyStore::id).toList());
        volumes = new ModelVolumes(extents, VOLUME_BYTES);
        start(2_000);
    }

    private void start(long requestMillis) {
        var limits = OwnerLimits.ofMillis(150, 150, 150, 150, 1_000, roomMillis);
        long second = TimeUnit.SECONDS.toNanos(1);
        var settings = new IoSettings(
                2,
                limits,
                TimeUnit.MILLISECONDS.toNanos(requestMillis),
                second,
                3600 * second,
                second,
                second,
                8,
                64,
                4096,
                8 * MIB,
                64 * MIB);
        managers = new Managers(8);
        managers.extentsReference().set(extents);
        managers.volumesReference().set(volumes);
        stores = new Stores(System::nanoTime, settings.roomFloorBytes());
        chunks.forEach(stores::add);
        path = new DataPath(settings, stores, managers, System::nanoTime, "n1", ProcessIdentity.self());
        path.start();
        disk = opened("test");
    }

    @AfterEach
    void down() {
        path.stop();
        threads.forEach(ExecutorService::shutdownNow);
    }

    // ---- helpers --------------------------------------------------------------------------------------------------

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(10, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "did not come true in time");
            Thread.onSpinWait();
        }
    }

    private CompletableFuture<IoOutcome> write(long offset, byte[] bytes) {
        var future = new CompletableFuture<IoOutcome>();
        var data = Payload.unpooled(ByteBuffer.wrap(bytes));
        disk.write(offset, data, future::complete);
        data.release();
        return future;
    }

    private void written(long offset, byte[] bytes) {
        assertEquals(new IoOutcome.Done(), await(write(offset, bytes)));
    }

    private byte[] read(long offset, int length) {
        var data = assertInstanceOf(ReadOutcome.Data.class, readOutcome(offset, length));
        var bytes = new byte[length];
        assertEquals(length, data.bytes().bytes().remaining());
        data.bytes().bytes().get(bytes);
        data.bytes().release();
        return bytes;
    }

    private ReadOutcome readOutcome(long offset, int length) {
        var future = new CompletableFuture<ReadOutcome>();
        disk.read(offset, length, future::complete);
        return await(future);
    }

    private IoOutcome zero(long offset, long length, boolean discard) {
        var future = new CompletableFuture<IoOutcome>();
        disk.zero(offset, length, discard, future::complete);
        return await(future);
    }

    private static byte[] random(int length, long seed) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private List<ChunkId> location(int extent) {
        return extents.placed(Lid.of(0, extent + 1L)).location();
    }

    private void assertIdentical() {
        var reports = assertInstanceOf(Outcome.Ok.class, path.verify("demo/disk0"));
        for (Object report : (List<?>) reports.value()) {
            assertTrue(((io.ashlar.access.ExtentReport) report).identical(), report.toString());
        }
    }

    // ---- the stories ----------------------------------------------------------------------------------------------

    @Test
    void whatWasWrittenIsReadAndIsOnAllThreeReplicas() {
        var bytes = random(64 * 1024, 1);
        written(8192, bytes);
        assertArrayEquals(bytes, read(8192, bytes.length));
        assertEquals(3, location(0).size());
        assertIdentical();
    }

    @Test
    void anExtentThatWasNeverWrittenReadsAsZerosAndHasNoPlace() {
        assertArrayEquals(new byte[5000], read(777, 5000));
        assertEquals(new IoOutcome.Done(), zero(100, 200_000, true));
        assertEquals(new IoOutcome.Done(), zero(100, 200_000, false));
        assertEquals(null, extents.placed(Lid.of(0, 1)));
    }

    @Test
    void anyOffsetAndLengthIsWrittenAcrossExtentsToo() {
        var expected = new byte[40_000];
        long base = Units.EXTENT_BYTES - 20_000L;
        var random = new Random(5);
        for (int i = 0; i < 60; i++) {
            int from = random.nextInt(expected.length - 1);
            int length = 1 + random.nextInt(expected.length - from);
            if (random.nextInt(4) == 0) {
                assertEquals(new IoOutcome.Done(), zero(base + from, length, random.nextBoolean()));
                java.util.Arrays.fill(expected, from, from + length, (byte) 0);
            } else {
                var bytes = random(length, i);
                written(base + from, bytes);
                System.arraycopy(bytes, 0, expected, from, length);
            }
        }
        assertArrayEquals(expected, read(base, expected.length));
        assertIdentical();
    }

    @Test
    void manyWritesInFlightLeaveTheReplicasIdentical() {
        var futures = new ArrayList<CompletableFuture<IoOutcome>>();
        var random = new Random(9);
        for (int i = 0; i < 2_000; i++) {
            futures.add(write(random.nextInt(16) * 4096L, random(4096 * (1 + random.nextInt(3)), i)));
        }
        futures.forEach(future -> assertEquals(new IoOutcome.Done(), await(future)));
        assertIdentical();
    }

    @Test
    void aReplicaThatFailsAWriteIsRemovedBeforeTheWriteIsAcknowledged() {
        written(0, random(4096, 1));
        chunks.get(1).fault = FaultyStore.Fault.FAIL_WRITES;
        written(4096, random(4096, 2));
        assertEquals(List.of(new ChunkId(1), new ChunkId(3)), location(0));
        assertArrayEquals(random(4096, 2), read(4096, 4096));
        assertIdentical();
    }

    @Test
    void aReplicaThatDoesNotAnswerIsRemovedAndTheOthersGoOn() {
        written(0, random(4096, 1));
        chunks.get(0).fault = FaultyStore.Fault.SILENT;
        written(4096, random(4096, 2));
        assertEquals(List.of(new ChunkId(2), new ChunkId(3)), location(0));
        assertArrayEquals(random(4096, 2), read(4096, 4096));
    }

    @Test
    void whenAllReplicasFailNoneIsRemovedAndTheWriteFailsOrIsDoneLater() {
        written(0, random(4096, 1));
        chunks.forEach(chunk -> chunk.fault = FaultyStore.Fault.FAIL_WRITES);
        assertInstanceOf(IoOutcome.Failed.class, await(write(4096, random(4096, 2))));
        assertEquals(3, location(0).size());
        chunks.forEach(chunk -> chunk.fault = FaultyStore.Fault.NONE);
        written(4096, random(4096, 3));
        assertArrayEquals(random(4096, 1), read(0, 4096));
        assertArrayEquals(random(4096, 3), read(4096, 4096));
        assertIdentical();
    }

    @Test
    void aLostAnswerOfAllReplicasIsResolvedUnderANewEpoch() {
        written(0, random(4096, 1));
        chunks.forEach(chunk -> chunk.fault = FaultyStore.Fault.LOSE_WRITE_ANSWERS);
        var unknown = write(0, random(4096, 2));
        until(() -> chunks.stream().allMatch(chunk -> chunk.model.writes >= 2));
        chunks.forEach(chunk -> chunk.fault = FaultyStore.Fault.NONE);
        assertEquals(new IoOutcome.Done(), await(unknown));
        assertArrayEquals(random(4096, 2), read(0, 4096));
        assertEquals(3, location(0).size());
        assertIdentical();
    }

    @Test
    void aBusyChunkIsAskedAgainInOrder() {
        written(0, random(4096, 1));
        chunks.get(2).busyWrites.set(3);
        var futures = new ArrayList<CompletableFuture<IoOutcome>>();
        for (int i = 0; i < 40; i++) {
            futures.add(write(4096L * i, random(4096, i)));
        }
        futures.forEach(future -> assertEquals(new IoOutcome.Done(), await(future)));
        assertEquals(3, location(0).size());
        assertIdentical();
    }

    @Test
    void aDamagedSectorIsReadFromAnotherReplicaAndRewritten() {
        var bytes = random(16384, 3);
        written(0, bytes);
        var pid = extents.placed(Lid.of(0, 1)).pid();
        chunks.forEach(chunk -> {
            if (chunk != chunks.get(2)) {
                chunk.model.segment(pid).damaged.set(2);
            }
        });
        assertArrayEquals(bytes, read(0, bytes.length));
        until(() -> chunks.stream()
                .allMatch(chunk -> chunk.model.segment(pid).damaged.isEmpty()));
        assertArrayEquals(bytes, read(0, bytes.length));
        assertIdentical();
    }

    @Test
    void whenEveryReplicaIsDamagedTheErrorNamesThem() {
        written(0, random(4096, 3));
        var pid = extents.placed(Lid.of(0, 1)).pid();
        chunks.forEach(chunk -> chunk.model.segment(pid).damaged.set(0));
        var failed = assertInstanceOf(ReadOutcome.Failed.class, readOutcome(0, 4096));
        assertEquals(IoFailure.Kind.IO, failed.failure().kind());
        assertTrue(
                failed.failure().message().contains("c1 is damaged"),
                failed.failure().message());
    }

    @Test
    void aStoppedChunkLeavesTheLocationAtTheNextWriteAndReadsGoOn() {
        written(0, random(4096, 1));
        stop(chunks.get(0));
        assertArrayEquals(random(4096, 1), read(0, 4096));
        assertEquals(3, location(0).size());
        written(4096, random(4096, 2));
        assertEquals(List.of(new ChunkId(2), new ChunkId(3)), location(0));
    }

    private void stop(FaultyStore chunk) {
        stores.learn(List.of(
                new ChunkInfo(chunk.id(), "n", ChunkInfo.State.STOPPED, "", 0, "", "", "", 0, 0, 0, 0, "stopped")));
        stores.remove(chunk);
    }

    @Test
    void aChunkThatIsReplacedForAMomentStaysInTheLocation() {
        written(0, random(4096, 1));
        stores.remove(chunks.get(0));
        var waiting = write(4096, random(4096, 2));
        until(() -> chunks.get(1).model.writes >= 2);
        stores.add(chunks.get(0));
        assertEquals(new IoOutcome.Done(), await(waiting));
        assertEquals(3, location(0).size());
        assertIdentical();
    }

    @Test
    void onlyAStaleReplicaAliveServesNothingAndSaysSo() {
        written(0, random(4096, 1));
        chunks.get(0).fault = FaultyStore.Fault.FAIL_WRITES;
        written(0, random(4096, 2));
        path.stop();
        // an operator's or a bug's doing: the removed one is listed again, the good ones are away
        var stale = new ModelManager(System::nanoTime, List.of(new ChunkId(1)));
        stale.placeNow(Lid.of(0, 1));
        var placed = extents.placed(Lid.of(0, 1));
        var session = io.ashlar.base.SessionId.random();
        stale.openSession(session, "n", ProcessIdentity.self());
        var lease = (io.ashlar.extent.LeaseResult.Granted) stale.acquire(session, Lid.of(0, 1), false);
        stale.synced(placed.pid(), lease.epoch(), 1, placed.floor(), java.util.Set.of(new ChunkId(1)));
        stale.closeSession(session);
        extents = stale;
        volumes = new ModelVolumes(stale, VOLUME_BYTES);
        start(600);
        var failed = assertInstanceOf(ReadOutcome.Failed.class, readOutcome(0, 4096));
        assertTrue(
                failed.failure().message().contains("only stale replicas are alive: c1"),
                failed.failure().message());
    }

    @Test
    void whenTheSessionEndsRequestsWaitForTheNextOne() {
        written(0, random(4096, 1));
        extents.endSessions();
        path.sessions().hurry();
        until(() -> path.sessions().session().number() == 2);
        written(4096, random(4096, 2));
        assertArrayEquals(random(4096, 1), read(0, 4096));
        assertEquals(3, location(0).size());
        until(() -> openNow().equals(List.of("test")));
        assertIdentical();
    }

    @Test
    void aVolumeManagerThatComesLateIsToldWhatIsOpenOnceAndNotWhatWasClosedMeanwhile() {
        var closedMeanwhile = opened("closed meanwhile");
        managers.volumesReference().set(null);
        extents.endSessions();
        path.sessions().hurry();
        until(() -> path.sessions().session().number() == 2);
        closedMeanwhile.close();
        assertEquals(List.of(), openNow());

        managers.volumesReference().set(volumes);
        until(() -> openNow().equals(List.of("test")));
        disk.close();
        until(() -> openNow().isEmpty());
    }

    private List<String> openNow() {
        return volumes.openUnder(path.sessions().session().id());
    }

    private VolumeHandle opened(String client) {
        return switch (path.open("demo/disk0", client)) {
            case Outcome.Ok<VolumeHandle>(var handle) -> handle;
            case Outcome.Refused<VolumeHandle>(var refusal) -> throw new AssertionError(refusal);
        };
    }

    @Test
    void aNewLeaderNeedNotWaitForASessionThatHasEndedItself() {
        written(0, random(4096, 1));
        extents.predecessorsAreWaitedOut();
        path.sessions().hurry();
        until(() -> path.sessions().session().number() == 2);
        written(4096, random(4096, 2)); // the request's patience is shorter than the time that a session is waited out
        assertIdentical();
    }

    @Test
    void anExtentWithFewerReplicasThanWantedIsServedFromWhatItHas() {
        var two = new ModelManager(System::nanoTime, List.of(new ChunkId(1), new ChunkId(3)));
        path.stop();
        extents = two;
        volumes = new ModelVolumes(two, VOLUME_BYTES);
        start(2_000);
        written(0, random(4096, 1));
        assertArrayEquals(random(4096, 1), read(0, 4096));
        assertEquals(List.of(new ChunkId(1), new ChunkId(3)), location(0));
        assertIdentical();
    }

    @Test
    void whileThereIsNoManagerRequestsWait() {
        managers.extentsReference().set(null);
        var waiting = write(0, random(4096, 1));
        var reading = new CompletableFuture<ReadOutcome>();
        disk.read(0, 4096, reading::complete);
        assertFalse(waiting.isDone());
        managers.extentsReference().set(extents);
        assertEquals(new IoOutcome.Done(), await(waiting));
        ((ReadOutcome.Data) await(reading)).bytes().release();
    }

    @Test
    void roomThatComesInTimeIsWaitedFor() {
        path.stop();
        roomMillis = 8_000;
        start(9_000);
        extents.noSpace = true;
        var waiting = write(0, random(4096, 1));
        until(() -> extents.refusedForRoom >= 2);
        assertFalse(waiting.isDone());
        extents.noSpace = false;
        assertEquals(new IoOutcome.Done(), await(waiting));
        assertArrayEquals(random(4096, 1), read(0, 4096));
    }

    @Test
    void noPlaceForANewExtentIsNoSpaceAndReadsGoOn() {
        extents.noSpace = true;
        var failed = assertInstanceOf(IoOutcome.Failed.class, await(write(0, random(4096, 1))));
        assertEquals(IoFailure.Kind.NO_SPACE, failed.failure().kind());
        assertArrayEquals(new byte[4096], read(0, 4096));
    }

    @Test
    void aFullChunkRefusesNewBlocksAndNobodyIsRemoved() {
        written(0, random(4096, 1));
        chunks.get(1).model.freeBytes = MIB;
        stores.remove(chunks.get(1));
        stores.add(chunks.get(1));
        var failed = assertInstanceOf(IoOutcome.Failed.class, await(write(10 * MIB, random(4096, 2))));
        assertEquals(IoFailure.Kind.NO_SPACE, failed.failure().kind());
        written(8192, random(4096, 3));
        assertEquals(3, location(0).size());
        assertIdentical();
    }

    @Test
    void noChunkWithRoomIsNoSpaceToo() {
        written(0, random(4096, 1));
        chunks.forEach(chunk -> chunk.model.freeBytes = 0);
        var failed = assertInstanceOf(IoOutcome.Failed.class, await(write(10 * MIB, random(4096, 2))));
        assertEquals(IoFailure.Kind.NO_SPACE, failed.failure().kind());
        written(8192, random(4096, 3));
        assertEquals(3, location(0).size());
        assertIdentical();
    }

    @Test
    void blockStatusMergesRunsAcrossExtents() {
        written(0, random(4096, 1));
        written(Units.EXTENT_BYTES - 4096L, random(8192, 2));
        var future = new CompletableFuture<StatusOutcome>();
        disk.blockStatus(4096, VOLUME_BYTES - 4096, future::complete);
        var runs = assertInstanceOf(StatusOutcome.Runs.class, await(future)).runs();
        assertEquals(
                List.of(
                        new StatusOutcome.Run(Units.BLOCK_BYTES - 4096, true),
                        new StatusOutcome.Run(Units.EXTENT_BYTES - 2L * Units.BLOCK_BYTES, false),
                        new StatusOutcome.Run(2L * Units.BLOCK_BYTES, true),
                        new StatusOutcome.Run((long) Units.EXTENT_BYTES - Units.BLOCK_BYTES, false)),
                runs);
    }

    @Test
    void aVolumeThatGrewIsUsableBeyondItsOldEnd() {
        volumes.grow(3L * Units.EXTENT_BYTES);
        written(2L * Units.EXTENT_BYTES + 4096, random(4096, 1));
        assertEquals(3L * Units.EXTENT_BYTES, disk.sizeBytes());
        var failed =
                assertInstanceOf(IoOutcome.Failed.class, await(write(3L * Units.EXTENT_BYTES - 100, random(101, 1))));
        assertEquals(IoFailure.Kind.OUT_OF_RANGE, failed.failure().kind());
    }

    @Test
    void leasesOfAClosedVolumeAreGivenBack() {
        written(0, random(4096, 1));
        disk.close();
        disk.close();
        until(() -> openNow().isEmpty());
        until(() ->
                extents.acquire(otherSession(), Lid.of(0, 1), false) instanceof io.ashlar.extent.LeaseResult.Granted);
    }

    private io.ashlar.base.SessionId other;

    private io.ashlar.base.SessionId otherSession() {
        if (other == null) {
            other = io.ashlar.base.SessionId.random();
            extents.openSession(other, "n2", ProcessIdentity.self());
        }
        return other;
    }

    @Test
    void listsVolumesAndRefusesUnknownOnes() {
        assertEquals(Outcome.ok(List.of("demo/abc", "demo/disk0")), path.list());
        assertInstanceOf(Outcome.Refused.class, path.open("demo/nothing", "test"));
    }

    @Test
    void afterAStopNothingIsLeftRunning() {
        written(0, random(4096, 1));
        path.stop();
        var failed = assertInstanceOf(IoOutcome.Failed.class, await(write(0, random(4096, 2))));
        assertEquals(IoFailure.Kind.SHUTTING_DOWN, failed.failure().kind());
        assertTrue(extents.sessions().isEmpty());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("ashlar-io-")));
    }
}
