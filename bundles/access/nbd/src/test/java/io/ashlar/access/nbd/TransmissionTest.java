package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.access.IoFailure;
import io.ashlar.base.Units;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransmissionTest {
    private static final long BLOCK = Units.BLOCK_BYTES;

    private final Rig rig = new Rig();

    @AfterEach
    void nothingIsLeft() {
        rig.close();
    }

    private static byte[] random(int length, long seed) {
        var bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void whatIsWrittenIsReadBackByEveryConnectionAtAnyAlignment() throws IOException {
        try (var writer = rig.disk();
                var reader = rig.simpleDisk()) {
            for (int length :
                    new int[] {1, 27, 512, 4096, 65_536, 65_537, 1 << 20, (1 << 20) + 3, Units.MAX_IO_BYTES}) {
                var data = random(length, length);
                assertEquals(
                        0,
                        writer.write(length % 2 == 0 ? 0 : Nbd.CMD_FLAG_FUA, 13, data)
                                .error());
                assertArrayEquals(data, reader.read(13, length));
                assertArrayEquals(data, writer.read(13, length));
            }
        }
    }

    @Test
    void aReadOfDataIsOneChunkAndAReadOfZerosIsAHole() throws IOException {
        try (var client = rig.disk()) {
            client.write(0, 8192, random(4096, 1));
            var data = client.call(Nbd.CMD_FLAG_DF, Nbd.CMD_READ, 8000, 5000);
            assertEquals(Nbd.REPLY_OFFSET_DATA, data.type());
            assertEquals(Nbd.REPLY_FLAG_DONE, data.flags());
            assertEquals(8000, data.buffer().getLong());
            assertEquals(5008, data.data().length);

            var hole = client.call(Nbd.CMD_FLAG_DF, Nbd.CMD_READ, 1 << 20, 4096);
            assertEquals(Nbd.REPLY_OFFSET_HOLE, hole.type());
            assertEquals(Nbd.REPLY_FLAG_DONE, hole.flags());
            assertEquals(1 << 20, hole.buffer().getLong());
            assertEquals(4096, hole.buffer().getInt(8));
        }
    }

    @Test
    void zerosAreSentAsDataWithSimpleReplies() throws IOException {
        try (var client = rig.simpleDisk()) {
            assertArrayEquals(new byte[4096], client.read(1 << 20, 4096));
        }
    }

    @Test
    void flushTrimAndZeroesAreServed() throws IOException {
        try (var client = rig.disk()) {
            client.write(0, 0, random((int) (4 * BLOCK), 3));
            assertEquals(0, client.call(0, Nbd.CMD_FLUSH, 0, 0).error());
            assertEquals(
                    0, client.call(Nbd.CMD_FLAG_FUA, Nbd.CMD_TRIM, 0, BLOCK).error());
            assertEquals(
                    0,
                    client.call(Nbd.CMD_FLAG_NO_HOLE, Nbd.CMD_WRITE_ZEROES, BLOCK, BLOCK)
                            .error());
            assertEquals(
                    0,
                    client.call(Nbd.CMD_FLAG_FAST_ZERO, Nbd.CMD_WRITE_ZEROES, 2 * BLOCK, BLOCK)
                            .error());
            assertArrayEquals(new byte[(int) (3 * BLOCK)], client.read(0, (int) (3 * BLOCK)));

            // NO_HOLE kept its block, the others gave theirs back
            var status = client.call(0, Nbd.CMD_BLOCK_STATUS, 0, 5 * BLOCK).buffer();
            assertEquals(Nbd.BASE_ALLOCATION_ID, status.getInt());
            assertArrayEquals(new long[] {BLOCK, 3, BLOCK, 0, BLOCK, 3, BLOCK, 0, BLOCK, 3}, new long[] {
                status.getInt(), status.getInt(), status.getInt(), status.getInt(), status.getInt(),
                status.getInt(), status.getInt(), status.getInt(), status.getInt(), status.getInt()
            });
        }
    }

    @Test
    void fastZeroOfPartsOfBlocksOrOfKeptSpaceIsNotSupported() throws IOException {
        try (var client = rig.disk()) {
            assertEquals(
                    Nbd.ENOTSUP,
                    client.call(Nbd.CMD_FLAG_FAST_ZERO, Nbd.CMD_WRITE_ZEROES, 4096, BLOCK)
                            .error());
            assertEquals(
                    Nbd.ENOTSUP,
                    client.call(Nbd.CMD_FLAG_FAST_ZERO, Nbd.CMD_WRITE_ZEROES, 0, 4096)
                            .error());
            assertEquals(
                    Nbd.ENOTSUP,
                    client.call(Nbd.CMD_FLAG_FAST_ZERO | Nbd.CMD_FLAG_NO_HOLE, Nbd.CMD_WRITE_ZEROES, 0, BLOCK)
                            .error());
            assertEquals(0, client.call(0, Nbd.CMD_WRITE_ZEROES, 4096, BLOCK).error());
        }
    }

    @Test
    void blockStatusOfOneExtentTellsOneAndNotMoreThanAsked() throws IOException {
        try (var client = rig.disk()) {
            client.write(0, BLOCK, random(4096, 4));
            var status = client.call(Nbd.CMD_FLAG_REQ_ONE, Nbd.CMD_BLOCK_STATUS, 100, 3 * BLOCK);
            assertEquals(12, status.data().length);
            assertEquals(BLOCK - 100, status.buffer().getInt(4));
            var within = client.call(Nbd.CMD_FLAG_REQ_ONE, Nbd.CMD_BLOCK_STATUS, BLOCK, 1000);
            assertEquals(1000, within.buffer().getInt(4));
            assertEquals(0, within.buffer().getInt(8));
        }
    }

    @Test
    void trimsAndZeroesLongerThanTheDataPathTakesAreCut() throws IOException {
        try (var client = rig.connect().flags(3).structured().go("demo/huge")) {
            int before = rig.memory.calls.get();
            assertEquals(0, client.call(0, Nbd.CMD_TRIM, 0, 0xfffff000L).error());
            assertEquals(before + 2, rig.memory.calls.get());
        }
    }

    @Test
    void rangesPastTheEndAreRefusedByTheirKind() throws IOException {
        long end = Rig.DISK_BYTES;
        try (var client = rig.disk()) {
            for (long offset : new long[] {end, end - 4095, Long.MAX_VALUE - 1, -4096L}) {
                assertEquals(
                        Nbd.EINVAL, client.call(0, Nbd.CMD_READ, offset, 4096).error());
                assertEquals(Nbd.ENOSPC, client.write(0, offset, new byte[4096]).error());
                assertEquals(
                        Nbd.EINVAL, client.call(0, Nbd.CMD_TRIM, offset, 4096).error());
                assertEquals(
                        Nbd.ENOSPC,
                        client.call(0, Nbd.CMD_WRITE_ZEROES, offset, 4096).error());
                assertEquals(
                        Nbd.EINVAL,
                        client.call(0, Nbd.CMD_BLOCK_STATUS, offset, 4096).error());
            }
            assertTrue(client.call(0, Nbd.CMD_READ, end, 4096).message().contains("past the end of the volume"));
            assertArrayEquals(new byte[4096], client.read(end - 4096, 4096));
        }
    }

    @Test
    void oversizeRequestsAreInvalidAndTheConnectionStaysUsable() throws IOException {
        try (var client = rig.disk()) {
            assertEquals(
                    Nbd.EINVAL,
                    client.call(0, Nbd.CMD_READ, 0, Units.MAX_IO_BYTES + 1).error());
            assertEquals(
                    Nbd.EINVAL,
                    client.write(0, 0, new byte[Units.MAX_IO_BYTES + 1]).error());
            assertEquals(
                    Nbd.EINVAL, client.call(0, Nbd.CMD_READ, 0, 0xffffffffL).error());
            assertEquals(0, client.write(0, 0, random(100, 5)).error());
            assertArrayEquals(random(100, 5), client.read(0, 100));
        }
    }

    @Test
    void unknownCommandsFlagsAndEmptyLengthsAreInvalid() throws IOException {
        try (var client = rig.disk();
                var simple = rig.simpleDisk()) {
            for (int command : new int[] {5, 8, 99, 0xffff}) {
                assertEquals(Nbd.EINVAL, client.call(0, command, 0, 4096).error());
            }
            assertEquals(Nbd.EINVAL, client.call(1 << 5, Nbd.CMD_READ, 0, 4096).error());
            assertEquals(
                    Nbd.EINVAL, client.write(Nbd.CMD_FLAG_DF, 0, new byte[512]).error());
            assertEquals(
                    Nbd.EINVAL,
                    client.call(0x8000, Nbd.CMD_WRITE_ZEROES, 0, 4096).error());
            assertEquals(
                    Nbd.EINVAL,
                    simple.call(Nbd.CMD_FLAG_DF, Nbd.CMD_READ, 0, 4096).error());
            assertEquals(
                    Nbd.EINVAL, simple.call(0, Nbd.CMD_BLOCK_STATUS, 0, 4096).error());
            assertEquals(Nbd.EINVAL, client.call(0, Nbd.CMD_FLUSH, 0, 1).error());
            for (int command :
                    new int[] {Nbd.CMD_READ, Nbd.CMD_WRITE, Nbd.CMD_TRIM, Nbd.CMD_WRITE_ZEROES, Nbd.CMD_BLOCK_STATUS}) {
                assertEquals(Nbd.EINVAL, client.call(0, command, 0, 0).error());
            }
            // the force flag is allowed everywhere
            assertEquals(0, client.call(Nbd.CMD_FLAG_FUA, Nbd.CMD_READ, 0, 4096).error());
            assertEquals(0, client.call(Nbd.CMD_FLAG_FUA, Nbd.CMD_FLUSH, 0, 0).error());
        }
    }

    @Test
    void failuresOfTheDataPathBecomeErrorsOfTheProtocol() throws IOException {
        var expected = Map.of(
                IoFailure.Kind.INVALID, Nbd.EINVAL,
                IoFailure.Kind.OUT_OF_RANGE, Nbd.ENOSPC,
                IoFailure.Kind.NO_SPACE, Nbd.ENOSPC,
                IoFailure.Kind.READ_ONLY, Nbd.EPERM,
                IoFailure.Kind.IO, Nbd.EIO);
        try (var client = rig.disk();
                var simple = rig.simpleDisk()) {
            for (var entry : expected.entrySet()) {
                rig.memory.failing.set(new IoFailure(entry.getKey(), "because of " + entry.getKey()));
                var reply = client.write(0, 0, new byte[4096]);
                assertEquals(entry.getValue(), reply.error());
                assertEquals("because of " + entry.getKey(), reply.message());
                assertEquals(
                        entry.getValue(), simple.write(0, 0, new byte[4096]).errno());
            }
            rig.memory.failing.set(new IoFailure(IoFailure.Kind.OUT_OF_RANGE, "shrunk"));
            assertEquals(Nbd.EINVAL, client.call(0, Nbd.CMD_READ, 0, 4096).error());
            rig.memory.failing.set(new IoFailure(IoFailure.Kind.IO, "bad sectors"));
            assertEquals(Nbd.EIO, simple.call(0, Nbd.CMD_READ, 0, 4096).errno());
            assertEquals(Nbd.EIO, client.call(0, Nbd.CMD_BLOCK_STATUS, 0, 4096).error());
        }
    }

    @Test
    void requestsInFlightTogetherAreAnsweredEachOnce() throws IOException {
        int requests = 2000;
        try (var client = rig.disk()) {
            var sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        if (i % 2 == 0) {
                            client.request(0, Nbd.CMD_WRITE, i, (i % 64) * 4096L, 4096, random(4096, i % 64));
                        } else {
                            client.request(0, Nbd.CMD_READ, i, 1 << 20, 4096);
                        }
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            var cookies = new HashSet<Long>();
            for (int i = 0; i < requests; i++) {
                var reply = client.reply(0);
                assertEquals(0, reply.error());
                assertTrue(cookies.add(reply.cookie()));
            }
            joined(sender);
            for (int i = 0; i < 64; i += 2) {
                assertArrayEquals(random(4096, i), client.read(i * 4096L, 4096));
            }
        }
    }

    @Test
    void writesCutAnywhereByTheNetworkArriveWhole() throws IOException {
        var data = random(10_000, 9);
        try (var client = rig.disk()) {
            client.request(0, Nbd.CMD_WRITE, 1, 0, data.length);
            for (int at = 0; at < data.length; at += 997) {
                client.out.write(data, at, Math.min(997, data.length - at));
                client.out.flush();
            }
            assertEquals(0, client.reply(0).error());
            assertArrayEquals(data, client.read(0, data.length));
        }
    }

    @Test
    void disconnectLetsRequestsInFlightEndBeforeTheConnectionDoes() throws IOException {
        try (var client = rig.disk()) {
            rig.memory.hold();
            client.request(0, Nbd.CMD_WRITE, 1, 0, 4096, random(4096, 6)).request(0, Nbd.CMD_DISC, 2, 0, 0);
            Rig.await("the write is in flight", () -> rig.memory.heldCalls() == 1);
            rig.memory.letGo();
            assertEquals(1, client.reply(0).cookie());
            client.assertClosed();
        }
        rig.assertNothingHeld();
        try (var client = rig.disk()) {
            assertArrayEquals(random(4096, 6), client.read(0, 4096));
        }
    }

    @Test
    void niosServesWhereEpollIsMissing() throws IOException {
        try (var nio = new Rig(Rig.limits(4, 16), Transport.nio());
                var client = nio.disk()) {
            for (int length : new int[] {100, 4096, 1 << 20}) {
                var data = random(length, length);
                assertEquals(0, client.write(0, 5, data).error());
                assertArrayEquals(data, client.read(5, length));
            }
            assertTrue(Arrays.equals(new byte[512], client.read(32 << 20, 512)));
        }
    }

    private static void joined(Thread thread) {
        try {
            assertTrue(thread.join(Rig.PATIENCE));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
