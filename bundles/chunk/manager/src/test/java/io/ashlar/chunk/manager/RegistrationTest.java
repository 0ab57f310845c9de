package io.ashlar.chunk.manager;

import static io.ashlar.chunk.manager.World.GIB;
import static io.ashlar.chunk.manager.World.refused;
import static io.ashlar.chunk.manager.World.registration;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.ChunkInfo.State;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RegistrationTest {
    private final World world = new World();

    @Test
    void aNewChunkComesWithItsNodeInOneCommitAndBothVersionsGrowByOne() {
        var before = new TableStore(world.store).load().versions();
        var id = world.register(1, "n1", GIB);

        assertEquals(new ChunkId(1), id);
        assertEquals(1, world.store.commits());
        var tables = new TableStore(world.store).load();
        assertEquals(before.topo() + 1, tables.versions().topo());
        assertEquals(before.nodeMap() + 1, tables.versions().nodeMap());
        var node = world.topo(Kind.NODE, "n1");
        assertEquals(TopoObject.CLUSTER_ID, node.parentId());
        assertEquals(1, node.ringId());
        assertEquals(node.id(), world.topo(Kind.CHUNK, "c1").parentId());
        assertEquals(State.REGISTERING, world.info(id).state());
    }

    @Test
    void registeringAgainChangesNothingAndCommitsNothing() {
        var id = world.register(1, "n1", GIB);
        int commits = world.store.commits();
        assertEquals(id, world.register(1, "n1", GIB));
        assertEquals(commits, world.store.commits());
    }

    @Test
    void twoChunksOfOneHostAreTwoCidsUnderOneNode() {
        var first = world.register(1, "n1", GIB);
        var second = world.register(2, "n1", GIB);
        assertEquals(new ChunkId(2), second);
        assertEquals(world.info(first).node(), world.info(second).node());
        assertEquals(1, new TableStore(world.store).load().nodes().size());
    }

    @Test
    void aNewLeaderKnowsTheChunksButHoldsThemForGoneUntilTheyBeat() {
        var id = world.chunk(1, "n1", GIB);
        var topology = world.conductor.published().topology();
        world.newLeader();
        assertEquals(topology, world.conductor.published().topology());
        assertEquals(State.SESSION_EXPIRED, world.info(id).state());
        world.beat(id, 0);
        assertEquals(State.CONNECTED_HEALTHY, world.info(id).state());
    }

    @Test
    void idsAreNotGivenTwiceEvenAfterAChangeOfLeader() {
        world.register(1, "n1", GIB);
        world.newLeader();
        assertEquals(new ChunkId(2), world.register(2, "n2", GIB));
    }

    @Test
    void aChunkOfAnotherClusterIsRefusedWithBothUuidsAndARemedy() {
        var good = registration(1, "n1", GIB);
        var alien = new ChunkRegistration(
                new UUID(9, 9), good.storeUuid(), "n1", "m", "d", good.host(), good.port(), "/d/1", GIB);
        var refusal = refused(world.conductor.register(alien));
        assertEquals(Outcome.Kind.INVALID, refusal.kind());
        assertTrue(refusal.what().contains(new UUID(9, 9).toString())
                && refusal.what().contains(World.CLUSTER.toString()));
        assertTrue(refusal.remedy().contains("empty directory"));
        assertEquals(0, world.store.commits());
    }

    @Test
    void theAddressOfALivingChunkIsRefusedToAnotherStoreButFreeOnceItIsGone() {
        world.chunk(1, "n1", GIB);
        var good = registration(1, "n1", GIB);
        var usurper = new ChunkRegistration(
                World.CLUSTER, new UUID(3, 3), "n1", "m", "d", good.host(), good.port(), "/d/other", GIB);
        assertEquals(
                Outcome.Kind.ALREADY_EXISTS,
                refused(world.conductor.register(usurper)).kind());
        world.pass(10_500);
        assertEquals(new ChunkId(2), World.ok(world.conductor.register(usurper)));
    }

    @Test
    void aCopyOfALivingChunksDirectoryIsRefused() {
        world.chunk(1, "n1", GIB);
        var good = registration(1, "n1", GIB);
        var copy = new ChunkRegistration(
                World.CLUSTER, good.storeUuid(), "n2", "m2", "d", "10.0.0.2", good.port(), "/d/1", GIB);
        assertEquals(
                Outcome.Kind.IN_USE, refused(world.conductor.register(copy)).kind());
    }

    @Test
    void aDiskCarriedToAnotherNodeTakesItsChunkAlong() {
        var id = world.chunk(1, "n1", GIB);
        world.conductor.stopping(id, "moved");
        var good = registration(1, "n1", GIB);
        World.ok(world.conductor.register(new ChunkRegistration(
                World.CLUSTER, good.storeUuid(), "n2", "m2", "d", "10.0.0.2", 7000, "/d/1", GIB)));
        assertEquals("n2", world.info(id).node());
        assertEquals(
                world.topo(Kind.NODE, "n2").id(), world.topo(Kind.CHUNK, "c1").parentId());
        assertEquals("n1", world.topo(Kind.NODE, "n1").name(), "a node stays when its last chunk leaves");
    }

    @Test
    void chunksFindTheirNodeAfterTheOperatorRenamedIt() {
        world.register(1, "n1", GIB);
        var node = world.topo(Kind.NODE, "n1");
        World.ok(world.conductor.updateTopo(node.id(), "left", node.parentId()));
        var second = world.register(2, "n1", GIB);
        assertEquals("left", world.info(second).node());
        World.ok(world.conductor.updateTopo(node.id(), "n7", node.parentId()));
        assertEquals(
                Outcome.Kind.ALREADY_EXISTS,
                refused(world.conductor.register(registration(3, "n7", GIB))).kind());
    }

    @Test
    void inputOutOfBoundsIsRefusedBeforeAnythingIsTouched() {
        var good = registration(1, "n1", GIB);
        for (var node : new String[] {"", "a/b", "x".repeat(300), "\u0007", null}) {
            var bad = new ChunkRegistration(World.CLUSTER, good.storeUuid(), node, "m", "d", "h", 1, "/d", GIB);
            assertEquals(
                    Outcome.Kind.INVALID, refused(world.conductor.register(bad)).kind(), String.valueOf(node));
        }
        for (int port : new int[] {-1, 65_536}) {
            var bad = new ChunkRegistration(World.CLUSTER, good.storeUuid(), "n1", "m", "d", "h", port, "/d", GIB);
            assertEquals(
                    Outcome.Kind.INVALID, refused(world.conductor.register(bad)).kind());
        }
        for (long capacity : new long[] {-1, Long.MAX_VALUE}) {
            var bad = new ChunkRegistration(World.CLUSTER, good.storeUuid(), "n1", "m", "d", "h", 1, "/d", capacity);
            assertEquals(
                    Outcome.Kind.INVALID, refused(world.conductor.register(bad)).kind());
        }
        var longHost =
                new ChunkRegistration(World.CLUSTER, good.storeUuid(), "n1", "m", "d", "h".repeat(256), 1, "/d", GIB);
        assertEquals(
                Outcome.Kind.INVALID,
                refused(world.conductor.register(longHost)).kind());
        assertEquals(0, world.store.commits());
    }

    @Test
    void aCommitThatFailedLeavesNothingBehindAndCanBeRepeated() {
        world.store.failNext(MemoryMetaStore.Failure.BEFORE);
        assertThrows(StorageException.Unavailable.class, () -> world.register(1, "n1", GIB));
        assertTrue(world.conductor.published().chunks().isEmpty());
        assertEquals(new ChunkId(1), world.register(1, "n1", GIB));
        assertEquals(1, world.store.rows(TableStore.CHUNKS));
    }

    @Test
    void aCommitOfUnknownOutcomeIsLookedUpBeforeTheNextDecision() {
        world.store.failNext(MemoryMetaStore.Failure.AFTER);
        assertThrows(StorageException.Unavailable.class, () -> world.register(1, "n1", GIB));
        assertEquals(new ChunkId(1), world.register(1, "n1", GIB), "it had happened, so it is found again");
        assertEquals(1, world.store.rows(TableStore.CHUNKS));
        assertEquals(new ChunkId(2), world.register(2, "n2", GIB));
    }

    @Test
    void aDeposedLeaderCannotCommit() {
        var old = world.conductor;
        world.newLeader();
        world.register(1, "n1", GIB);
        assertThrows(StorageException.StaleEpoch.class, () -> old.register(registration(2, "n2", GIB)));
    }

    @Test
    void aRowOfANewerSoftwareStopsTheStart() {
        world.register(1, "n1", GIB);
        world.store.damage(TableStore.CHUNKS, new byte[] {2, 0, 0});
        assertThrows(StorageException.Inconsistent.class, world::newLeader);
        world.store.damage(TableStore.CHUNKS, new byte[] {1, 0, 0});
        assertThrows(StorageException.Inconsistent.class, world::newLeader);
    }
}
