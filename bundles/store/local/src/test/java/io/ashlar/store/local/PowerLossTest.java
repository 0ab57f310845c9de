package io.ashlar.store.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Pid;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Power is lost at random moments, again and again on one disk: what was acknowledged is there, and the generation of
/// each segment names exactly the bytes that it has.
class PowerLossTest {
    private static final int ROUNDS = 6;
    private static final int MAX_OPERATIONS = 1500;
    private static final Settings JOURNALED = Rig.SMALL;
    private static final Settings QUIET = Rig.SMALL.withCheckpointMillis(1_000_000);
    private static final Pid P = new Pid(0x123);
    private static final Settings DIRECT = Rig.SMALL.withDirectWriteBytes(Rig.BLOCK);

    static LongStream seeds() {
        return LongStream.range(0, 15);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void acknowledgedChangesSurviveAndGenerationsNameTheBytes(long seed) throws IOException {
        run(seed, JOURNALED);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void soTheyDoWhenLargeWritesGoPastTheJournal(long seed) throws IOException {
        run(seed, DIRECT);
    }

    /// The page cache still has what a killed process wrote and never synced. It must be made durable before anything
    /// goes by it.
    @Test
    void powerLossWhileAKilledChunkIsOpenedLeavesGenerationAndBytesInStep() throws IOException {
        var first = killedBeforeItsSync();
        long before = first.operations();
        new Rig(first, QUIET).abandon();
        long opening = first.operations() - before;
        for (int left = 0; left < 40; left++) {
            for (int seed = 0; seed < 8; seed++) {
                var disk = killedBeforeItsSync();
                disk.losePowerAfter(opening - left);
                try {
                    new Rig(disk, QUIET).abandon();
                } catch (IOException e) {
                    assertTrue(disk.powerLost(), () -> "not for want of power: " + e);
                }
                try (var rig = new Rig(disk.afterPowerLoss(new Random(seed)), QUIET)) {
                    var state = rig.fenced(P, 1);
                    assertTrue(state.complete());
                    long counter = state.generation().counter();
                    assertArrayEquals(Rig.pattern(counter, Rig.SECTOR), rig.bytes(P, 1, 0, Rig.SECTOR));
                }
            }
        }
    }

    private static MemoryDisk killedBeforeItsSync() throws IOException {
        var disk = new MemoryDisk();
        var rig = new Rig(disk, QUIET);
        rig.open(P, 1);
        rig.write(P, Rig.generation(1, 1), 0, Rig.pattern(1, Rig.SECTOR));
        disk.losePowerAfter(2); // the frame's head and its payload; not its sync
        assertInstanceOf(WriteResult.Failed.class, rig.write(P, Rig.generation(1, 2), 0, Rig.pattern(2, Rig.SECTOR)));
        rig.abandon();
        return disk.afterKill();
    }

    /// `-Dgroups=long -Dstore.seeds=FROM,TO`
    @Test
    @Tag("long")
    void manySeeds() throws IOException {
        var range = System.getProperty("store.seeds", "1000,3000").split(",");
        for (long seed = Long.parseLong(range[0]); seed < Long.parseLong(range[1]); seed++) {
            run(seed, JOURNALED);
            run(seed, DIRECT);
        }
    }

    private static void run(long seed, Settings settings) throws IOException {
        try {
            var random = new Random(seed);
            var disk = new MemoryDisk();
            var models = new ArrayList<CrashModel>();
            for (int i = 1; i <= 3; i++) {
                models.add(new CrashModel(new Pid(0x100 * i + 1)));
            }
            for (int round = 0; round < ROUNDS; round++) {
                disk = round(disk, settings, models, random);
            }
            try (var rig = new Rig(disk, settings)) {
                verifyAll(rig, models);
                assertNull(rig.failure.get());
            }
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError("seed " + seed + ", direct from " + settings.directWriteBytes(), e);
        }
    }

    /// @return the disk after the loss of power (or, sometimes, a kill)
    private static MemoryDisk round(MemoryDisk before, Settings settings, List<CrashModel> models, Random random)
            throws IOException {
        var disk = random.nextInt(2) == 0 ? lostWhileOpening(before, settings, random) : before;
        var rig = new Rig(disk, settings);
        verifyAll(rig, models);
        disk.losePowerAfter(random.nextInt(MAX_OPERATIONS));
        for (int i = 0; i < 400 && !disk.powerLost(); i++) {
            var model = models.get(random.nextInt(models.size()));
            if (random.nextInt(100) == 0) {
                model.drop(rig);
                if (random.nextBoolean()) {
                    retake(rig, model, disk);
                }
            } else if (random.nextInt(60) == 0) {
                model.settle(0);
                retake(rig, model, disk);
            } else if (!model.dropped() && random.nextInt(50) == 0) {
                model.advance(rig, random);
            } else if (!model.dropped()) {
                model.sendOne(rig, random, settings.directWriteBytes());
                model.settle(random.nextInt(20));
            }
        }
        boolean killed = random.nextInt(4) == 0;
        var survivor = killed ? disk.afterKill() : disk.afterPowerLoss(random);
        rig.abandon();
        models.forEach(model -> model.settle(0));
        return survivor;
    }

    private static MemoryDisk lostWhileOpening(MemoryDisk disk, Settings settings, Random random) throws IOException {
        disk.losePowerAfter(250 + random.nextInt(MAX_OPERATIONS));
        try {
            new Rig(disk, settings).abandon();
        } catch (IOException e) {
            if (!disk.powerLost()) {
                throw e;
            }
        }
        return disk.afterPowerLoss(random);
    }

    /// A new lease; power may be lost meanwhile, and then the next round finds out.
    private static void retake(Rig rig, CrashModel model, MemoryDisk disk) {
        try {
            model.take(rig);
        } catch (AssertionError e) {
            if (!disk.powerLost()) {
                throw e;
            }
        }
    }

    private static void verifyAll(Rig rig, List<CrashModel> models) {
        models.forEach(model -> {
            model.take(rig);
            model.verify(rig);
        });
    }
}
