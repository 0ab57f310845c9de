package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ashlar.access.IoFailure;
import io.ashlar.base.Outcome;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The data path is replaced under open connections: they see latency, no error.
class ReplacementTest {
    private static final IoFailure LEAVING =
            new IoFailure(IoFailure.Kind.SHUTTING_DOWN, "the bundle is being replaced");

    private final Rig rig = new Rig();
    private final MemoryAccess successor = rig.memory.successor();

    @AfterEach
    void nothingIsLeft() {
        rig.close();
        successor.close();
        assertEquals(0, successor.openHandles.get());
        assertEquals(0, successor.unreleasedReads.get());
    }

    private static byte[] filled(int value) {
        var bytes = new byte[8192];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void requestsGoToTheSuccessorWhenItWasInstalledBeside() throws IOException {
        try (var client = rig.disk()) {
            client.write(0, 0, filled(1));
            rig.access.set(successor);
            rig.access.unset(rig.memory);
            Rig.await("the old volume is given back", () -> rig.memory.openHandles.get() == 0);
            assertArrayEquals(filled(1), client.read(0, 8192));
            assertEquals(0, client.write(0, 0, filled(2)).error());
            assertEquals(2, successor.calls.get());
            assertArrayEquals(filled(2), client.read(0, 8192));
        }
    }

    @Test
    void requestsWaitWhileThereIsNoDataPath() throws IOException {
        try (var client = rig.disk()) {
            rig.access.unset(rig.memory);
            Rig.await("the old volume is given back", () -> rig.memory.openHandles.get() == 0);
            client.request(0, Nbd.CMD_WRITE, 1, 0, 8192, filled(3));
            client.request(0, Nbd.CMD_WRITE, 2, 8192, 8192, filled(4));
            Rig.await("both wait", () -> rig.server.budget().used() == 16_384);
            rig.access.set(successor);
            assertEquals(0, client.reply(0).error());
            assertEquals(0, client.reply(0).error());
            assertArrayEquals(filled(4), client.read(8192, 8192));
        }
    }

    @Test
    void requestsThatTheOldDataPathRefusedInLeavingAreIssuedAgain() throws IOException {
        try (var client = rig.disk()) {
            rig.memory.hold();
            client.request(0, Nbd.CMD_WRITE, 1, 0, 8192, filled(5));
            Rig.await("the write is in flight", () -> rig.memory.heldCalls() == 1);
            rig.access.set(successor);
            rig.access.unset(rig.memory);
            rig.memory.failing.set(LEAVING);
            rig.memory.letGo();
            assertEquals(0, client.reply(0).error());
            assertEquals(1, successor.calls.get());
            assertArrayEquals(filled(5), client.read(0, 8192));
        }
    }

    @Test
    void theSuccessorIsNotAskedBeforeTheOldDataPathHasEndedWhatItHas() throws IOException {
        try (var client = rig.disk()) {
            rig.memory.hold();
            client.request(0, Nbd.CMD_WRITE, 1, 0, 8192, filled(8));
            Rig.await("the write is in flight", () -> rig.memory.heldCalls() == 1);
            rig.access.set(successor);
            Rig.await("the old volume is given back", () -> rig.memory.openHandles.get() == 0);
            client.request(0, Nbd.CMD_READ, 2, 0, 8192);
            try (var other = rig.disk()) {
                assertArrayEquals(new byte[8192], other.read(0, 8192));
                assertEquals(1, successor.openHandles.get(), "only the other's");
            }
            rig.memory.letGo();
            assertEquals(1, client.reply(0).cookie());
            var read = client.reply(0);
            assertEquals(2, read.cookie());
            assertEquals(Nbd.REPLY_OFFSET_DATA, read.type());
            assertEquals(8, read.data()[8]);
        }
    }

    @Test
    void aShutdownThatPassesIsRetried() throws IOException {
        try (var client = rig.disk()) {
            rig.memory.failing.set(LEAVING);
            client.request(0, Nbd.CMD_WRITE, 1, 0, 8192, filled(6));
            Rig.await("it was refused more than once", () -> rig.memory.calls.get() > 1);
            rig.memory.failing.set(null);
            assertEquals(0, client.reply(0).error());
            assertEquals(1, rig.memory.openHandles.get());
        }
    }

    @Test
    void aVolumeThatTheSuccessorDoesNotHaveEndsInShutdownErrors() throws IOException {
        try (var client = rig.disk()) {
            var stranger = new MemoryAccess();
            rig.access.set(stranger);
            Rig.await("the old volume is given back", () -> rig.memory.openHandles.get() == 0);
            assertEquals(Nbd.ESHUTDOWN, client.call(0, Nbd.CMD_READ, 0, 4096).error());
            rig.access.set(successor);
            Rig.await("it is served again", () -> successor.openHandles.get() == 1);
            assertArrayEquals(new byte[4096], client.read(0, 4096));
            stranger.close();
        }
    }

    @Test
    void aSuccessorThatIsNotReadyIsAskedAgain() throws IOException {
        try (var client = rig.disk()) {
            successor.refusing.set(new Outcome.Refusal(Outcome.Kind.UNAVAILABLE, "no leader yet", "wait"));
            rig.access.set(successor);
            Rig.await("the old volume is given back", () -> rig.memory.openHandles.get() == 0);
            client.request(0, Nbd.CMD_READ, 1, 0, 4096);
            Rig.await("the read waits", () -> rig.server.budget().used() == 4096);
            successor.refusing.set(null);
            assertEquals(0, client.reply(0).error());
        }
    }

    @Test
    void aStopAnswersWhatWaitsForADataPath() throws IOException {
        try (var client = rig.disk()) {
            rig.access.unset(rig.memory);
            Rig.await("the old volume is given back", () -> rig.memory.openHandles.get() == 0);
            client.request(0, Nbd.CMD_WRITE, 1, 0, 8192, filled(7));
            Rig.await("it waits", () -> rig.server.budget().used() == 8192);
            rig.server.close();
            assertEquals(Nbd.ESHUTDOWN, client.reply(0).error());
            client.assertClosed();
        }
    }
}
