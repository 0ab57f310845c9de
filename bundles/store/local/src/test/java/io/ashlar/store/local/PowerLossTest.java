package io.ashlar.store.local;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.ashlar.base.Pid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Power is lost at random moments, again and again on one disk: what was acknowledged is there, and the generation of each
/// segment names exactly the bytes that it has.
class PowerLossTest {
    private static final int ROUNDS = 6;
    private static final int MAX_OPERATIONS = 1500;
    private static final Settings JOURNALED = Rig.SMALL;
    private static final Settings DIRECT = Rig.SMALL.withDirectWriteBytes(Rig.BLOCK);

    static LongStream seeds() {
        return LongStream.range(0, 25);
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
    private static MemoryDisk round(MemoryDisk disk, Settings settings, List<CrashModel> models, Random random)
            throws IOException {
        var rig = new Rig(disk, settings);
        verifyAll(rig, models);
        disk.losePowerAfter(random.nextInt(MAX_OPERATIONS));
        for (int i = 0; i < 400 && !disk.powerLost(); i++) {
            var model = models.get(random.nextInt(models.size()));
            model.sendOne(rig, random, settings.directWriteBytes());
            model.settle(random.nextInt(20));
        }
        boolean killed = random.nextInt(4) == 0;
        var survivor = killed ? disk.afterKill() : disk.afterPowerLoss(random);
        rig.abandon();
        models.forEach(model -> model.settle(0));
        return survivor;
    }

    private static void verifyAll(Rig rig, List<CrashModel> models) {
        models.forEach(model -> {
            model.take(rig);
            model.verify(rig);
        });
    }
}
