package io.ashlar.access.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IoComponentTest {
    @Test
    void everyDefaultIsAsDocumented() {
        var defaults = new TreeMap<String, Object>();
        for (var method : IoComponent.Config.class.getDeclaredMethods()) {
            defaults.put(method.getName(), method.getDefaultValue());
        }
        assertEquals(
                new TreeMap<String, Object>(Map.ofEntries(
                        Map.entry("loops", 2),
                        Map.entry("requestTimeoutMillis", 30_000L),
                        Map.entry("writeTimeoutMillis", 5_000L),
                        Map.entry("readTimeoutMillis", 5_000L),
                        Map.entry("fenceTimeoutMillis", 10_000L),
                        Map.entry("awaitChunkMillis", 3_000L),
                        Map.entry("managerTimeoutMillis", 10_000L),
                        Map.entry("awaitRoomMillis", 6_000L),
                        Map.entry("managerCalls", 32),
                        Map.entry("renewMillis", 2_000L),
                        Map.entry("idleLeaseSeconds", 3_600L),
                        Map.entry("closedLeaseSeconds", 10L),
                        Map.entry("cachedExtents", 8_192),
                        Map.entry("requestsInFlight", 16_384),
                        Map.entry("bufferMegabytes", 64L),
                        Map.entry("roomFloorMegabytes", 16L),
                        Map.entry("stopTimeoutMillis", 5_000L))),
                defaults);
    }

    @Test
    void buffersAreReusedUpToTheirBound() {
        var pool = new BufferPool(8192);
        var first = pool.take(4000);
        var second = pool.take(4096);
        var third = pool.take(4096);
        assertEquals(4000, first.bytes().remaining());
        first.release();
        second.release();
        third.release();
        assertEquals(8192, pool.keptBytes());
        pool.take(100);
        assertEquals(4096, pool.keptBytes());
        assertEquals(0, pool.zeros(5_000_000).bytes().get(4_999_999));
    }
}
