package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NbdServerTest {
    private static NbdServer server(int port, CurrentAccess access) {
        return new NbdServer(
                new NbdServer.Settings(
                        "127.0.0.1", port, 1, Rig.limits(8, 8), Transport.best(), PooledByteBufAllocator.DEFAULT),
                access);
    }

    @Test
    void aPortInUseIsTakenAsSoonAsItIsFree() throws Exception {
        var squatter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = squatter.getLocalPort();
        try (var server = server(port, new CurrentAccess())) {
            var bound = server.start();
            assertThrows(java.util.concurrent.TimeoutException.class, () -> bound.get(700, TimeUnit.MILLISECONDS));
            squatter.close();
            assertEquals(port, bound.get(10, TimeUnit.SECONDS).getPort());
        }
    }

    @Test
    void aServerThatNeverGotItsPortStopsToo() throws IOException {
        try (var squatter = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var server = server(squatter.getLocalPort(), new CurrentAccess());
            server.start();
            server.close();
        }
        noThreadOfOursIsLeft();
    }

    @Test
    void aStopAnswersWhatIsInFlightAndLeavesNoThread() throws IOException {
        var rig = new Rig();
        var client = rig.disk();
        var idle = rig.disk();
        var handshaking = rig.connect().flags(3);
        rig.memory.hold();
        client.request(0, Nbd.CMD_WRITE, 9, 0, 4096, new byte[4096]);
        Rig.await("the write is in flight", () -> rig.memory.heldCalls() == 1);
        var stop = Thread.ofVirtual().start(rig.server::close);
        idle.assertClosed();
        handshaking.assertClosed();
        assertTrue(stop.isAlive(), "the stop waits for the write");
        rig.memory.letGo();
        assertEquals(9, client.reply(0).cookie());
        client.assertClosed();
        rig.close();
        noThreadOfOursIsLeft();
    }

    @Test
    void aStopDoesNotWaitForEverAndLateAnswersAreReleased() throws IOException {
        var rig = new Rig();
        var client = rig.disk();
        rig.memory.hold();
        client.request(0, Nbd.CMD_WRITE, 9, 0, 4096, new byte[4096]).request(0, Nbd.CMD_READ, 10, 0, 4096);
        Rig.await("both are in flight", () -> rig.memory.heldCalls() == 2);
        rig.server.close();
        noThreadOfOursIsLeft();
        rig.memory.letGo();
        Rig.await(
                "what came late is released",
                () -> rig.allocator.pinnedDirectMemory() == 0
                        && rig.memory.unreleasedReads.get() == 0
                        && rig.server.budget().used() == 0);
        rig.close();
    }

    private static void noThreadOfOursIsLeft() {
        Rig.await(
                "no thread is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("ashlar-nbd")));
        assertFalse(Thread.currentThread().isInterrupted());
    }
}
