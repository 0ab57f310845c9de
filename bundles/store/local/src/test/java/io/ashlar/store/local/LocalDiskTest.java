package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.BLOCK;
import static io.ashlar.store.local.Rig.SECTOR;
import static io.ashlar.store.local.Rig.generation;
import static io.ashlar.store.local.Rig.pattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Pid;
import io.ashlar.store.WriteResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On the real file system.
class LocalDiskTest {
    private static final Pid P = new Pid(0x123);

    @TempDir
    Path directory;

    @Test
    void dataSurvivesReopening() throws IOException {
        try (var rig = new Rig(new LocalDisk(directory))) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), BLOCK - SECTOR, pattern(1, 2 * SECTOR));
        }
        try (var rig = new Rig(new LocalDisk(directory))) {
            assertArrayEquals(pattern(1, 2 * SECTOR), rig.bytes(P, 1, BLOCK - SECTOR, 2 * SECTOR));
            assertArrayEquals(new byte[SECTOR], rig.bytes(P, 1, BLOCK + SECTOR, SECTOR));
        }
    }

    @Test
    void segmentsAreThinAndDiscardGivesTheirSpaceBack() throws IOException, InterruptedException {
        try (var rig = new Rig(new LocalDisk(directory))) {
            rig.open(P, 1);
            long empty = diskBytes();
            assertTrue(empty < 1 << 20, "an empty segment takes " + empty);
            for (int i = 0; i < 16; i++) {
                rig.write(P, generation(1, i + 1), i * BLOCK, pattern(i, BLOCK));
            }
            long full = diskBytes();
            assertTrue(full >= 16L * BLOCK, "16 blocks take " + full);

            rig.discard(P, generation(1, 17), 0, 12 * BLOCK);
            long left = diskBytes();
            assertTrue(left < full - 11L * BLOCK, "after discard of 12 of " + full + ": " + left);

            rig.zero(P, generation(1, 18), 12 * BLOCK, 4 * BLOCK);
            assertArrayEquals(new byte[4 * BLOCK], rig.bytes(P, 1, 12 * BLOCK, 4 * BLOCK));
            assertEquals(4L * BLOCK, rig.engine.stats().usedBytes());
        }
    }

    private long diskBytes() throws IOException, InterruptedException {
        var du = new ProcessBuilder(
                        "du", "-B1", directory.resolve(SegmentLayout.fileOf(P)).toString())
                .start();
        try (BufferedReader reader = du.inputReader(StandardCharsets.US_ASCII)) {
            String line = reader.readLine();
            assertEquals(0, du.waitFor());
            return Long.parseLong(line.split("\\s")[0]);
        }
    }

    @Test
    void oneInstanceAloneHasTheDirectory() throws IOException {
        try (var first = DirectoryLock.take(directory).orElseThrow()) {
            assertTrue(DirectoryLock.take(directory).isEmpty(), () -> "while " + first + " has it");
        }
        DirectoryLock.take(directory).orElseThrow().close();
    }

    @Test
    void moreSegmentsThanOpenFilesAreServed() throws IOException {
        try (var rig = new Rig(new LocalDisk(directory))) {
            for (int i = 1; i <= 10; i++) {
                var pid = new Pid(i);
                rig.open(pid, 1);
                assertEquals(
                        new WriteResult.Applied(generation(1, 1)),
                        rig.write(pid, generation(1, 1), 0, pattern(i, SECTOR)));
            }
            for (int i = 1; i <= 10; i++) {
                assertArrayEquals(pattern(i, SECTOR), rig.bytes(new Pid(i), 1, 0, SECTOR));
            }
        }
    }
}
