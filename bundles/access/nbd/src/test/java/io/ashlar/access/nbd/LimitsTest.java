package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitsTest {
    @Test
    void theDefaultsAreThese() throws ReflectiveOperationException {
        var config = NbdFrontend.Config.class;
        assertEquals("127.0.0.1", config.getDeclaredMethod("host").getDefaultValue());
        assertEquals(10809, config.getDeclaredMethod("port").getDefaultValue());
        assertEquals(2, config.getDeclaredMethod("eventLoopThreads").getDefaultValue());
        assertEquals(256, config.getDeclaredMethod("connections").getDefaultValue());
        assertEquals(256, config.getDeclaredMethod("requestsPerConnection").getDefaultValue());
        assertEquals(64L << 20, config.getDeclaredMethod("bytesPerConnection").getDefaultValue());
        assertEquals(256L << 20, config.getDeclaredMethod("bytes").getDefaultValue());
        assertEquals(10_000, config.getDeclaredMethod("handshakeIdleMillis").getDefaultValue());
        assertEquals(30_000, config.getDeclaredMethod("stallMillis").getDefaultValue());
        assertEquals(9, config.getDeclaredMethods().length);
    }

    @Test
    void limitsBelowOneRequestAreRefusedByName() {
        var refused = assertThrows(IllegalArgumentException.class, () -> new Limits(1, 1, 1000, 64 << 20, 1, 1));
        assertTrue(
                refused.getMessage().startsWith("bytesPerConnection must be at least 33554432"), refused.getMessage());
    }

    @Test
    void theBudgetGrantsInTheOrderOfTheLine() {
        var budget = new Budget(100);
        var granted = new ArrayList<String>();
        assertTrue(budget.take(new Budget.Claim(60, () -> granted.add("never told"))));
        budget.take(new Budget.Claim(90, () -> granted.add("large")));
        budget.take(new Budget.Claim(10, () -> granted.add("small")));
        var leaves = new Budget.Claim(10, () -> granted.add("left the line"));
        budget.take(leaves);
        assertTrue(budget.cancel(leaves));
        assertEquals(List.of(), granted);
        budget.giveBack(60);
        assertEquals(List.of("large", "small"), granted);
        assertEquals(100, budget.used());
        assertTrue(!budget.isShort());
    }

    @Test
    void aFloodOfLinesIsCutAndCounted() {
        var lines = new ArrayList<String>();
        var now = new AtomicLong();
        var log = new QuietLog(lines::add, now::get);
        for (int i = 0; i < 100; i++) {
            log.line("garbage " + i);
        }
        assertEquals(QuietLog.LINES_PER_PERIOD, lines.size());
        now.addAndGet(QuietLog.PERIOD_NANOS);
        log.line("more");
        assertEquals("more (90 such lines were left out before)", lines.getLast());
    }
}
