package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.BLOCK;
import static io.ashlar.store.local.Rig.SECTOR;
import static io.ashlar.store.local.Rig.generation;
import static io.ashlar.store.local.Rig.pattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Pid;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DirectWritesTest {
    private static final Settings DIRECT =
            Rig.SMALL.withCheckpointMillis(1_000_000).withDirectWriteBytes(BLOCK);
    private static final Pid P = new Pid(0x123);

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void wholeNewBlocksAreNotWrittenToTheJournal() throws IOException {
        try (var rig = new Rig(disk, DIRECT)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), BLOCK, pattern(1, BLOCK));
            assertTrue(rig.engine.stats().journalBytes() < BLOCK);
            assertArrayEquals(pattern(1, BLOCK), rig.bytes(P, 1, BLOCK, BLOCK));
            assertEquals(BLOCK, rig.engine.stats().usedBytes());

            rig.write(P, generation(1, 2), BLOCK, pattern(2, BLOCK));
            assertTrue(rig.engine.stats().journalBytes() > BLOCK, "over allocated blocks");
            assertArrayEquals(pattern(2, BLOCK), rig.bytes(P, 1, BLOCK, BLOCK));
        }
    }

    @Test
    void whatAnUnfinishedOneLeftIsZeroOnceTheBlockIsAllocated() throws IOException {
        var rig = new Rig(disk, DIRECT);
        rig.open(P, 1);
        disk.losePowerAfter(3); // its data, their sync, the sync of the file's name; not the journal
        assertInstanceOf(WriteResult.Failed.class, rig.write(P, generation(1, 1), 0, pattern(1, BLOCK)));
        var survivor = disk.afterPowerLoss(new Random(1));
        rig.abandon();

        try (var again = new Rig(survivor, DIRECT)) {
            assertArrayEquals(new byte[SECTOR], again.bytes(P, 1, 0, SECTOR));
            again.write(P, generation(1, 1), SECTOR, pattern(2, SECTOR));
            assertArrayEquals(new byte[SECTOR], again.bytes(P, 1, 0, SECTOR));
            assertArrayEquals(pattern(2, SECTOR), again.bytes(P, 1, SECTOR, SECTOR));
        }
    }

    @Test
    void replayDoesNothingOlderToABlockThatWasWrittenPastTheJournal() throws IOException {
        var rig = new Rig(disk, DIRECT);
        rig.open(P, 1);
        rig.write(P, generation(1, 1), 0, pattern(1, 2 * SECTOR));
        rig.write(P, generation(1, 2), BLOCK, pattern(2, SECTOR));
        rig.discard(P, generation(1, 3), 0, 2 * BLOCK);
        rig.write(P, generation(1, 4), 0, pattern(3, BLOCK));
        rig.write(P, generation(1, 5), BLOCK + SECTOR, pattern(4, SECTOR));
        disk.losePower();
        var survivor = disk.afterKill();
        rig.abandon();

        try (var again = new Rig(survivor, DIRECT)) {
            assertArrayEquals(pattern(3, BLOCK), again.bytes(P, 1, 0, BLOCK));
            assertArrayEquals(new byte[SECTOR], again.bytes(P, 1, BLOCK, SECTOR));
            assertArrayEquals(pattern(4, SECTOR), again.bytes(P, 1, BLOCK + SECTOR, SECTOR));
        }
    }

    @Test
    void oneBehindADiscardOfItsBlocksThatIsNotAppliedYetGoesThroughTheJournal() throws IOException {
        try (var rig = new Rig(disk, DIRECT)) {
            rig.open(P, 1);
            // one lock for the disk: while it is held the log stands still, and takes what waits in one frame
            synchronized (disk) {
                rig.send(P, generation(1, 1), SegmentWrite.Kind.ZERO, 9 * BLOCK, SECTOR);
                rig.send(P, generation(1, 2), SegmentWrite.Kind.DISCARD, 0, BLOCK);
                rig.send(P, generation(1, 3), 0, pattern(3, BLOCK));
            }
            var last = rig.write(P, generation(1, 4), 5 * BLOCK, pattern(5, BLOCK));
            assertEquals(new WriteResult.Applied(generation(1, 4)), last);
            assertArrayEquals(pattern(3, BLOCK), rig.bytes(P, 1, 0, BLOCK));
            assertArrayEquals(pattern(5, BLOCK), rig.bytes(P, 1, 5 * BLOCK, BLOCK));
        }
    }
}
