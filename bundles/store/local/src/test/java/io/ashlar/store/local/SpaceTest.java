package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.BLOCK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpaceTest {
    private static final long BLOCKS = 300;

    private final MemoryDisk disk = new MemoryDisk();

    /// Three chunks on one file system, each with a third of it.
    private List<Space> thirds() throws IOException {
        disk.setUsable(BLOCKS * BLOCK);
        return List.of(new Space(disk, 0, 33, 0), new Space(disk, 0, 33, 0), new Space(disk, 0, 33, 0));
    }

    @Test
    void chunksThatShareAFileSystemTellOfNoMoreThanItHas() throws IOException {
        var spaces = thirds();
        assertEquals(99L * BLOCK, spaces.getFirst().capacityBytes());
        assertEquals(99L * BLOCK, spaces.getFirst().freeBytes());
        for (int blocks = 0; blocks < BLOCKS; blocks += 10) {
            var space = spaces.get(blocks / 10 % 2);
            if (space.take(10)) {
                space.applied(10);
                disk.setUsable(disk.usableBytes() - 10L * BLOCK);
            }
            for (var each : spaces) {
                each.look();
            }
            long sum = spaces.stream().mapToLong(Space::capacityBytes).sum();
            assertTrue(sum <= BLOCKS * BLOCK, sum + " of " + BLOCKS * BLOCK);
        }
    }

    @Test
    void noMoreThanTheShareIsTakenAtOnce() throws IOException {
        var space = thirds().getFirst();
        assertFalse(space.take(100));
        assertTrue(space.take(99));
    }

    @Test
    void aCapacityThatIsGivenIsNotShared() throws IOException {
        disk.setUsable(BLOCKS * BLOCK);
        var space = new Space(disk, 200L * BLOCK, 33, 0);
        assertEquals(200L * BLOCK, space.capacityBytes());
        assertEquals(200L * BLOCK, space.freeBytes());
    }

    @Test
    void aShareIsBetweenOneAndAHundredPercent() {
        assertThrows(IllegalArgumentException.class, () -> Settings.standard().withSpace(0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Settings.standard().withSpace(0, 101, 0));
    }
}
