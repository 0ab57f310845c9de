package io.ashlar.chunk.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.ChunkInfo.State;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceRequest;
import io.ashlar.chunk.TopoObject.Kind;
import io.ashlar.cluster.Leadership;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ElectedChunkManagerTest {
    private static final class Lead implements Leadership {
        volatile boolean valid = true;

        @Override
        public long term() {
            return 3;
        }

        @Override
        public boolean valid() {
            return valid;
        }
    }

    private final Lead lead = new Lead();
    private final AtomicLong millis = new AtomicLong(1000);
    private final MonotonicClock clock = () -> millis.get() * 1_000_000;
    private final MemoryMetaStore store = new MemoryMetaStore();
    private final ElectedChunkManager manager = new ElectedChunkManager(
            lead,
            store,
            new EmptiestFirst(),
            World.CLUSTER,
            new ElectedChunkManager.Settings(new ChunkSession.Limits(3000, 10_000), 10, clock));

    @AfterEach
    void stop() {
        manager.stop();
    }

    @Test
    void aChunkRegistersBeatsIsGivenExtentsAndFallsSilent() throws InterruptedException {
        var id = World.ok(manager.register(World.registration(1, "n1", World.GIB)));
        assertEquals(
                1,
                World.ok(manager.heartbeat(new ChunkReport(id, "", World.GIB, 0, 0, 1)))
                        .topoVersion());
        manager.report(new SpaceReport(0, 1, Map.of()));
        var extent = new SpaceRequest.Extent(1, 1, true, World.EXTENT);
        World.ok(manager.reserve(new SpaceRequest(0, 1, "even", List.of(extent))));
        assertEquals(World.EXTENT, manager.chunks().getFirst().allocatedBytes());

        await(State.CONNECTED_UNHEALTHY);
    }

    @Test
    void nothingIsAnsweredAfterTheLeadersOwnLease() {
        World.ok(manager.register(World.registration(1, "n1", World.GIB)));
        lead.valid = false;
        assertThrows(StorageException.StaleEpoch.class, manager::chunks);
        assertThrows(StorageException.StaleEpoch.class, manager::topology);
        assertThrows(
                StorageException.StaleEpoch.class,
                () -> manager.heartbeat(new ChunkReport(new ChunkId(1), "", 1, 0, 0, 1)));
        assertThrows(StorageException.StaleEpoch.class, () -> manager.report(new SpaceReport(0, 1, Map.of())));
        assertThrows(StorageException.StaleEpoch.class, () -> manager.createTopo(Kind.RACK, "r1", 1));
    }

    @Test
    void callsThatComeAfterTheStopAreToldThatThisNodeDoesNotLead() {
        manager.stop();
        assertThrows(StorageException.StaleEpoch.class, () -> manager.createTopo(Kind.RACK, "r1", 1));
    }

    @Test
    void manyCallersAtOnceGetOneAnswerEachAndNoIdTwice() throws Exception {
        var start = new CountDownLatch(1);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<ChunkId>> calls = java.util.stream.IntStream.rangeClosed(1, 100)
                    .mapToObj(i -> pool.submit(() -> {
                        start.await();
                        return World.ok(manager.register(World.registration(i, "n" + i % 7, World.GIB)));
                    }))
                    .toList();
            start.countDown();
            var ids = new java.util.TreeSet<ChunkId>();
            for (var call : calls) {
                ids.add(call.get(10, TimeUnit.SECONDS));
            }
            assertEquals(100, ids.size());
        }
        assertEquals(100, manager.chunks().size());
        assertEquals(
                7,
                manager.topology().stream()
                        .filter(object -> object.kind() == Kind.NODE)
                        .count());
    }

    @Test
    void theDefaultsOfTheConfiguration() throws NoSuchMethodException {
        var config = ElectedChunkManager.Config.class;
        assertEquals(3000L, config.getDeclaredMethod("unhealthyMillis").getDefaultValue());
        assertEquals(10_000L, config.getDeclaredMethod("expiredMillis").getDefaultValue());
        assertEquals(500L, config.getDeclaredMethod("tickMillis").getDefaultValue());
    }

    private void await(State state) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (manager.chunks().getFirst().state() != state) {
            assertTrue(System.nanoTime() < end, "state is " + manager.chunks().getFirst());
            millis.addAndGet(20); // small steps: a big one would be a pause of the manager itself
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
