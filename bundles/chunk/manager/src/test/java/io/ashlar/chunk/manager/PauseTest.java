package io.ashlar.chunk.manager;

import static io.ashlar.chunk.manager.World.GIB;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ashlar.chunk.ChunkInfo.State;
import org.junit.jupiter.api.Test;

class PauseTest {
    private final World world = new World();

    @Test
    void aManagerThatWasPausedDoesNotTakeItsChunksForSilent() {
        var id = world.chunk(1, "n1", GIB);
        world.pauseAndTick(30_000);
        assertEquals(State.CONNECTED_HEALTHY, world.info(id).state());
        world.pass(3_000);
        assertEquals(State.CONNECTED_UNHEALTHY, world.info(id).state());
        world.pass(7_000);
        assertEquals(State.SESSION_EXPIRED, world.info(id).state());
    }
}
