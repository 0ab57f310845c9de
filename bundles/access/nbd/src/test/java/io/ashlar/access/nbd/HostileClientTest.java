package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Units;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Clients that lie, stall and vanish: each ends with its connection, and the memory comes back.
class HostileClientTest {
    private static final long MIB = 1 << 20;
    private static final ResourceLeakDetector.Level LEVEL_BEFORE = ResourceLeakDetector.getLevel();

    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void watchEveryBuffer() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    @AfterAll
    static void watchAsBefore() {
        ResourceLeakDetector.setLevel(LEVEL_BEFORE);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        watchEveryBuffer();
        for (var resource : open.reversed()) {
            resource.close();
        }
    }

    private Rig rig(Limits limits) {
        var rig = new Rig(limits);
        open.add(rig);
        return rig;
    }

    private Rig rig() {
        return rig(Rig.limits(256, 256));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    @Test
    void wrongMagicNumbersEndTheConnection() throws IOException {
        var rig = rig();
        try (var client = rig.connect().flags(3)) {
            client.out.writeLong(Nbd.OPTION_MAGIC + 1);
            client.out.flush();
            client.assertClosed();
        }
        try (var client = rig.disk()) {
            client.out.writeInt(Nbd.REQUEST_MAGIC ^ 0x100);
            client.out.flush();
            client.assertClosed();
        }
        rig.assertNothingHeld();
    }

    @Test
    void anOptionThatClaimsTooMuchEndsTheConnectionBeforeMemoryIsTaken() throws IOException {
        var rig = rig();
        for (int length : new int[] {Limits.MAX_OPTION_BYTES + 1, Integer.MAX_VALUE, -1}) {
            try (var client = rig.connect().flags(3)) {
                client.out.writeLong(Nbd.OPTION_MAGIC);
                client.out.writeInt(Nbd.OPT_GO);
                client.out.writeInt(length);
                client.out.flush();
                client.assertClosed();
            }
        }
        rig.assertNothingHeld();
    }

    @Test
    void theLongestOptionIsTaken() throws IOException {
        try (var client = rig().connect().flags(3)) {
            assertEquals(
                    Nbd.REP_ERR_UNSUP,
                    client.option(4711, new byte[Limits.MAX_OPTION_BYTES])
                            .getLast()
                            .type());
            client.go(Rig.DISK);
        }
    }

    @Test
    void aWriteTooLongToBeSkippedEndsTheConnection() throws IOException {
        var rig = rig();
        try (var client = rig.disk()) {
            client.request(0, Nbd.CMD_WRITE, 1, 0, 0xffffffffL);
            client.assertClosed();
        }
        rig.assertNothingHeld();
    }

    @Test
    void clientsThatVanishMidRequestLeaveNothingBehind() throws IOException {
        var rig = rig();
        for (int sent : new int[] {0, 1, 27, 28, 29, 5000, 70_000, 1_000_000}) {
            for (boolean reset : new boolean[] {false, true}) {
                var client = rig.disk();
                var bytes = new java.io.ByteArrayOutputStream();
                var data = new java.io.DataOutputStream(bytes);
                data.writeInt(Nbd.REQUEST_MAGIC);
                data.writeShort(0);
                data.writeShort(Nbd.CMD_WRITE);
                data.writeLong(1);
                data.writeLong(0);
                data.writeInt((int) (2 * MIB));
                data.write(new byte[(int) MIB]);
                client.out.write(bytes.toByteArray(), 0, sent);
                client.out.flush();
                client.socket.setSoLinger(reset, 0);
                client.close();
            }
        }
        rig.assertNothingHeld();
    }

    @Test
    void clientsThatVanishWithRequestsInFlightLeaveNothingBehind() throws IOException {
        var rig = rig();
        rig.memory.hold();
        for (boolean reset : new boolean[] {false, true}) {
            var client = rig.disk();
            for (int i = 0; i < 20; i++) {
                client.request(0, Nbd.CMD_READ, i, 0, MIB);
                client.request(0, Nbd.CMD_WRITE, i, 0, MIB, new byte[(int) MIB]);
            }
            int calls = reset ? 80 : 40;
            Rig.await("all are in flight", () -> rig.memory.heldCalls() == calls);
            client.socket.setSoLinger(reset, 0);
            client.close();
        }
        rig.memory.letGo();
        rig.assertNothingHeld();
    }

    @Test
    void aClientThatNeverReadsIsHeldByItsLimits() throws IOException {
        var rig = rig();
        var client = rig.disk();
        client.write(0, 0, random(MIB));
        var sender = Executors.newVirtualThreadPerTaskExecutor();
        sender.submit(() -> {
            for (int i = 0; i < 10_000; i++) {
                client.request(0, Nbd.CMD_READ, i, 0, MIB);
            }
            return null;
        });
        Rig.await("the connection is at its limit", () -> rig.server.budget().used() == 64 * MIB);
        assertTrue(rig.memory.unreleasedReads.get() <= 64, "reads of 1 MiB each: " + rig.memory.unreleasedReads);
        client.close();
        sender.close();
        rig.assertNothingHeld();
    }

    @Test
    void refusedRequestsCountTooUntilTheirRepliesAreRead() throws Exception {
        ResourceLeakDetector.setLevel(LEVEL_BEFORE); // watching is too slow for a flood
        var rig = rig();
        var client = rig.disk();
        var batch = new java.io.ByteArrayOutputStream();
        var requests = new java.io.DataOutputStream(batch);
        for (int i = 0; i < 1000; i++) {
            requests.writeInt(Nbd.REQUEST_MAGIC);
            requests.writeInt(99);
            requests.write(new byte[20]);
        }
        var batches = new AtomicInteger();
        var sender = Executors.newVirtualThreadPerTaskExecutor();
        var sending = sender.submit(() -> {
            for (int i = 0; i < 3000; i++) {
                client.socket.getOutputStream().write(batch.toByteArray());
                batches.incrementAndGet();
            }
            return null;
        });
        int before;
        do {
            before = batches.get();
            try {
                sending.get(500, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // it is at work, or stuck
            }
        } while (batches.get() != before && !sending.isDone());
        assertFalse(sending.isDone(), "the server read on while nobody read its replies");
        assertTrue(rig.allocator.pinnedDirectMemory() < MIB, "pinned: " + rig.allocator.pinnedDirectMemory());
        client.close();
        sender.close();
        rig.assertNothingHeld();
    }

    @Test
    void noMoreRequestsAreTakenThanTheLimit() throws IOException {
        var rig = rig(Rig.limits(4, 16));
        rig.memory.hold();
        try (var client = rig.disk()) {
            for (int i = 0; i < 100; i++) {
                client.request(0, Nbd.CMD_FLUSH, i, 0, 0);
            }
            Rig.await("the limit is reached", () -> rig.memory.heldCalls() == 16);
            rig.memory.letGo();
            for (int i = 0; i < 100; i++) {
                assertEquals(0, client.reply(0).error());
            }
            assertEquals(100, rig.memory.calls.get());
        }
    }

    @Test
    void allConnectionsTogetherStayWithinTheirLimitAndNobodyStarves() throws IOException {
        var rig = rig(new Limits(64, 256, 64 * MIB, 64 * MIB, 10_000, 30_000));
        rig.memory.hold();
        var large = opened(rig.disk());
        var clients = new ArrayList<TestClient>();
        for (int i = 0; i < 8; i++) {
            clients.add(opened(rig.disk()));
        }
        for (var client : clients) {
            client.request(0, Nbd.CMD_READ, 1, 0, 7 * MIB);
        }
        Rig.await("eight are in flight", () -> rig.memory.heldCalls() == 8);
        large.request(0, Nbd.CMD_READ, 1, 0, 32 * MIB);
        Rig.await("the large one waits in line", rig.server.budget()::isShort);
        for (var client : clients) {
            client.request(0, Nbd.CMD_READ, 2, 0, 7 * MIB);
        }
        assertEquals(8, rig.memory.heldCalls());
        assertEquals(56 * MIB, rig.server.budget().used());
        rig.memory.letGo();
        assertEquals(0, large.reply(0).error());
        for (var client : clients) {
            assertEquals(1, client.reply(0).cookie());
            assertEquals(2, client.reply(0).cookie());
        }
    }

    @Test
    void clientsThatVanishWhileTheyWaitInLineKeepNobodyBack() throws IOException {
        var rig = rig(new Limits(64, 256, 64 * MIB, 32 * MIB, 10_000, 30_000));
        for (int round = 0; round < 10; round++) {
            rig.memory.hold();
            try (var holder = rig.disk();
                    var leaver = rig.disk();
                    var next = rig.disk()) {
                int calls = rig.memory.calls.get();
                holder.request(0, Nbd.CMD_READ, 1, 0, 32 * MIB);
                Rig.await("it holds all the memory", () -> rig.memory.calls.get() == calls + 1);
                leaver.request(0, Nbd.CMD_WRITE, 1, 0, 32 * MIB, new byte[100]);
                Rig.await("the next waits", rig.server.budget()::isShort);
                next.request(0, Nbd.CMD_READ, 1, 0, 4096);
                if (round % 2 == 0) {
                    leaver.socket.close(); // else while it is being granted, or after
                }
                rig.memory.letGo();
                leaver.socket.close();
                holder.socket.close();
                assertEquals(0, next.reply(0).error());
            }
            rig.assertNothingHeld();
        }
    }

    @Test
    void aStalledWriterIsCutWhenOthersWaitForItsMemory() throws IOException {
        var rig = rig(new Limits(64, 256, 64 * MIB, 32 * MIB, 10_000, 200));
        var stalled = opened(rig.disk());
        stalled.request(0, Nbd.CMD_WRITE, 1, 0, 32 * MIB, new byte[1000]);
        Rig.await("it holds all the memory", () -> rig.server.budget().used() == 32 * MIB);
        try (var client = rig.disk()) {
            assertArrayEquals(new byte[4096], client.read(0, 4096));
        }
        stalled.assertClosed();
    }

    @Test
    void aStalledWriterIsLeftAloneWhileNobodyWaits() throws IOException {
        var rig = rig(new Limits(64, 256, 64 * MIB, 256 * MIB, 10_000, 20));
        try (var paused = rig.disk();
                var other = rig.disk()) {
            paused.request(0, Nbd.CMD_WRITE, 1, 0, 8192, new byte[4096]);
            long end = System.nanoTime() + 200_000_000;
            while (System.nanoTime() < end) {
                other.read(0, 4096);
            }
            paused.out.write(new byte[4096]);
            paused.out.flush();
            assertEquals(0, paused.reply(0).error());
        }
    }

    @Test
    void anIdleHandshakeIsClosedButNotAnIdleTransmission() throws IOException {
        var rig = rig(new Limits(64, 256, 64 * MIB, 256 * MIB, 1_000, 30_000));
        try (var silent = rig.connect();
                var halfway = rig.connect().flags(3);
                var working = rig.disk()) {
            halfway.out.writeLong(Nbd.OPTION_MAGIC);
            halfway.out.flush();
            silent.flags(3).assertClosed();
            halfway.assertClosed();
            Rig.await("only one connection is left", () -> rig.server.connectionCount() == 1);
            assertEquals(0, working.call(0, Nbd.CMD_FLUSH, 0, 0).error());
        }
        rig.assertNothingHeld();
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAtOnceAndOthersGoOn() throws IOException {
        var rig = rig(Rig.limits(3, 256));
        var first = opened(rig.disk());
        opened(rig.disk());
        var third = rig.disk();
        try (var fourth = rig.connect()) {
            fourth.assertClosed();
        }
        assertEquals(0, first.call(0, Nbd.CMD_FLUSH, 0, 0).error());
        third.close();
        Rig.await("a place is free", () -> rig.server.connectionCount() == 2);
        try (var fifth = rig.disk()) {
            assertEquals(0, fifth.call(0, Nbd.CMD_FLUSH, 0, 0).error());
        }
    }

    /// Half of the connections begin as a real client does, so that the garbage gets past the first check.
    @Test
    void randomBytesOnAThousandConnectionsHarmNobody() throws IOException {
        long seed = 4711;
        var rig = rig();
        var random = new Random(seed);
        try (var witness = rig.disk()) {
            var expected = random(MIB);
            assertEquals(0, witness.write(0, 32 * MIB, expected).error());
            for (int i = 0; i < 1000; i++) {
                garbage(rig, random, i % 4);
            }
            assertArrayEquals(expected, witness.read(32 * MIB, (int) MIB), "seed " + seed);
        }
        rig.assertNothingHeld();
    }

    private static void garbage(Rig rig, Random random, int kind) throws IOException {
        var bytes = new byte[random.nextInt(2000)];
        random.nextBytes(bytes);
        try (var client = kind == 3 ? rig.disk() : rig.connect()) {
            switch (kind) {
                case 1 -> client.flags(3);
                case 2 -> {
                    client.flags(3).out.writeLong(Nbd.OPTION_MAGIC);
                    client.out.writeInt(random.nextInt(12));
                    client.out.writeInt(random.nextInt(200));
                }
                case 3 -> {
                    client.out.writeInt(Nbd.REQUEST_MAGIC);
                    client.out.writeShort(random.nextInt(32));
                    client.out.writeShort(random.nextInt(9));
                    client.out.writeLong(random.nextLong());
                    client.out.writeLong(random.nextInt((int) (16 * MIB)));
                    client.out.writeInt(random.nextInt(64 * 1024));
                }
                default -> {}
            }
            client.out.write(bytes);
            client.out.flush();
        } catch (java.net.SocketException e) {
            // closed by the server while the garbage was still on its way
        }
    }

    @Test
    void aPortScanIsNoNews() throws IOException {
        var rig = rig();
        for (int i = 0; i < 50; i++) {
            new Socket(rig.address.getAddress(), rig.address.getPort()).close();
        }
        rig.assertNothingHeld();
    }

    private static byte[] random(long length) {
        var bytes = new byte[Math.toIntExact(length)];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void theLargestRequestFitsTheSmallestAllowedLimits() throws IOException {
        var rig = rig(new Limits(2, 1, Units.MAX_IO_BYTES, Units.MAX_IO_BYTES, 10_000, 30_000));
        try (var client = rig.disk()) {
            var data = random(Units.MAX_IO_BYTES);
            assertEquals(0, client.write(0, 0, data).error());
            assertArrayEquals(data, client.read(0, data.length));
        }
    }
}
