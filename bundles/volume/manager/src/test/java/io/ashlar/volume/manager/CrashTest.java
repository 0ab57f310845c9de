package io.ashlar.volume.manager;

import static io.ashlar.volume.manager.World.GIB;
import static io.ashlar.volume.manager.World.MIB;
import static io.ashlar.volume.manager.World.ok;
import static io.ashlar.volume.manager.World.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.StorageException;
import io.ashlar.meta.memory.MemoryMetaStore;
import io.ashlar.volume.VolumeInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Every operation is cut off at every commit and at every call of the extent manager, with the outcome of the cut
/// either way; then a new leader takes over. What it finds is whole or not there, and nothing is left over.
class CrashTest {
    private static final int MORE_COMMITS_THAN_ANY_OPERATION = 12;

    @Test
    void aCreationThatWasCutOffIsWholeOrNotThere() {
        atEveryCut(world -> {}, world -> world.manager.createVolume(spec("demo/x", 3 * GIB)), world -> {
            var found = world.manager.volume("demo/x");
            if (found instanceof Outcome.Ok<VolumeInfo>(var volume)) {
                assertEquals(12, ok(world.manager.map(volume.id())).lids().size());
            }
        });
    }

    @Test
    void aDeletionThatWasCutOffIsDoneOrNotBegun() {
        atEveryCut(world -> world.make("demo/x", 3 * GIB), world -> world.manager.delete("demo/x"), world -> {
            var found = world.manager.volume("demo/x");
            if (found instanceof Outcome.Ok<VolumeInfo>(var volume)) {
                assertEquals(12, ok(world.manager.map(volume.id())).lids().size());
            }
        });
    }

    @Test
    void aGrowthThatWasCutOffIsDoneOrNotBegun() {
        atEveryCut(
                world -> world.make("demo/x", GIB), world -> world.manager.resize("demo/x", 3 * GIB, false), world -> {
                    var volume = ok(world.manager.volume("demo/x"));
                    assertTrue(volume.sizeBytes() == GIB || volume.sizeBytes() == 3 * GIB);
                    assertEquals(volume.sizeBytes() / (256 * MIB), volume.extents());
                });
    }

    @Test
    void aShrinkingThatWasCutOffIsDoneOrNotBegun() {
        atEveryCut(
                world -> world.make("demo/x", 3 * GIB), world -> world.manager.resize("demo/x", GIB, true), world -> {
                    var volume = ok(world.manager.volume("demo/x"));
                    assertTrue(volume.sizeBytes() == GIB || volume.sizeBytes() == 3 * GIB);
                });
    }

    private interface Operation {
        Object run(World world);
    }

    private static void atEveryCut(Consumer<World> before, Operation operation, Consumer<World> check) {
        for (var how : List.of(MemoryMetaStore.Failure.BEFORE, MemoryMetaStore.Failure.AFTER)) {
            for (int cut = 0; cut < MORE_COMMITS_THAN_ANY_OPERATION; cut++) {
                var world = new World();
                before.accept(world);
                var left = new AtomicInteger(cut);
                world.store.fail(how, batch -> left.getAndDecrement() <= 0);
                quietly(() -> operation.run(world));
                world.store.heal();
                world.newLeader();
                check.accept(world);
                assertSound(world, how + " from commit " + cut + " on");
            }
        }
        for (var trouble : FakeExtents.Trouble.values()) {
            var world = new World();
            before.accept(world);
            world.extents.trouble = trouble;
            quietly(() -> operation.run(world));
            world.extents.trouble = FakeExtents.Trouble.NONE;
            world.newLeader();
            check.accept(world);
            assertSound(world, trouble.toString());
        }
    }

    private static void quietly(Runnable operation) {
        try {
            operation.run();
        } catch (StorageException e) {
            assertTrue(e.getMessage().startsWith("injected"), e.getMessage());
        }
    }

    /// Each extent belongs to exactly one map, and each map's extents exist.
    private static void assertSound(World world, String where) {
        var mapped = new HashSet<Lid>();
        for (var volume : ok(world.manager.volumes(""))) {
            var lids = ok(world.manager.map(volume.id())).lids();
            assertEquals(volume.extents(), lids.size(), where);
            for (var lid : lids) {
                assertTrue(mapped.add(lid), where);
                assertEquals(volume.id(), world.extents.specOf(lid).volumeId(), where);
            }
        }
        assertEquals(mapped.size(), world.extents.count(), where + ": extents that nothing refers to");
        assertEquals(0, world.store.rows(Rows.INTENTS), where);
        assertEquals(ok(world.manager.volumes("")).size(), world.store.rows(Rows.VOLUMES), where);
    }

    /// Without a crash too, in the same leader: a failed commit leaves memory and store equal and names free.
    @Test
    void randomHistoriesOfFailuresLeaveEverythingSound() {
        for (int seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            var world = new World();
            for (int step = 0; step < 60; step++) {
                var name = "demo/v" + random.nextInt(3);
                disturb(world, random);
                switch (random.nextInt(5)) {
                    case 0, 1 ->
                        quietly(() -> world.manager.createVolume(spec(name, (1 + random.nextInt(8)) * 256L * MIB)));
                    case 2 -> quietly(() -> world.manager.delete(name));
                    case 3 ->
                        quietly(() ->
                                world.manager.resize(name, (1 + random.nextInt(8)) * 256L * MIB, random.nextBoolean()));
                    default -> {
                        if (random.nextInt(4) == 0) {
                            world.store.heal();
                            world.newLeader();
                        }
                    }
                }
                world.store.heal();
                world.extents.trouble = FakeExtents.Trouble.NONE;
            }
            quietly(() -> world.manager.createVolume(spec("demo/last", GIB))); // sweeps first, without a new leader
            assertSound(world, "seed " + seed);
        }
    }

    private static void disturb(World world, Random random) {
        if (random.nextInt(3) == 0) {
            var left = new AtomicInteger(random.nextInt(4));
            world.store.fail(
                    random.nextBoolean() ? MemoryMetaStore.Failure.BEFORE : MemoryMetaStore.Failure.AFTER,
                    batch -> left.getAndDecrement() == 0);
        }
        if (random.nextInt(5) == 0) {
            var troubles = FakeExtents.Trouble.values();
            world.extents.trouble = troubles[random.nextInt(troubles.length)];
        }
    }
}
