package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A server over volumes in memory. Closing it proves that nothing is left: no buffer, no claim, no handle, no read.
final class Rig implements AutoCloseable {
    static final String DISK = "demo/disk0";
    static final long DISK_BYTES = 64L * 1024 * 1024;
    static final Duration PATIENCE = Duration.ofSeconds(10);

    final MemoryAccess memory = new MemoryAccess().volume(DISK, DISK_BYTES).volume("demo/huge", 1L << 40);
    final CurrentAccess access = new CurrentAccess();
    final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    final NbdServer server;
    final InetSocketAddress address;

    Rig() {
        this(limits(256, 256));
    }

    Rig(Limits limits) {
        this(limits, Transport.best());
    }

    Rig(Limits limits, Transport transport) {
        access.set(memory);
        server = new NbdServer(new NbdServer.Settings("127.0.0.1", 0, 2, limits, transport, allocator), access);
        address =
                server.start().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    static Limits limits(int connections, int requests) {
        return new Limits(connections, requests, 64 << 20, 256 << 20, 10_000, 30_000);
    }

    TestClient connect() throws IOException {
        return new TestClient(address);
    }

    /// In transmission, with structured replies and block status.
    TestClient disk() throws IOException {
        return connect().flags(3).structured().allocation(DISK).go(DISK);
    }

    /// In transmission, with nothing but simple replies.
    TestClient simpleDisk() throws IOException {
        return connect().flags(3).go(DISK);
    }

    String uri(String export) {
        return "nbd://127.0.0.1:" + address.getPort() + "/" + export;
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> "not within " + PATIENCE + ": " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Everything that the connections took has come back, while the server runs on.
    void assertNothingHeld() {
        await("connections gone, " + server.connectionCount() + " left", () -> server.connectionCount() == 0);
        await("handles closed", () -> memory.openHandles.get() == 0);
        await("claims given back", () -> server.budget().used() == 0);
        await("reads released", () -> memory.unreleasedReads.get() == 0);
        await(
                "buffers back in the pool",
                () -> allocator.pinnedDirectMemory() == 0 && allocator.pinnedHeapMemory() == 0);
    }

    @Override
    public void close() {
        memory.letGo();
        server.close();
        memory.close();
        assertEquals(0, allocator.pinnedDirectMemory(), "buffers that were not returned, in bytes");
        assertEquals(0, server.budget().used(), "claims that were not given back");
        assertEquals(0, memory.openHandles.get(), "handles that were not closed");
        assertEquals(0, memory.unreleasedReads.get(), "reads that were not released");
    }
}
