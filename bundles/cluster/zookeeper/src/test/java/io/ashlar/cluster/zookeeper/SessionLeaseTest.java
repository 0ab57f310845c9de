package io.ashlar.cluster.zookeeper;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionLeaseTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong now = new AtomicLong(5_000 * MILLI);
    private final SessionLease lease = new SessionLease(now::get, 9_000);

    @Test
    void nothingIsValidBeforeTheFirstAnswer() {
        assertFalse(lease.valid());
    }

    @Test
    void itEndsTwoThirdsOfTheTimeoutAfterTheSending() {
        lease.confirm(now.get());
        now.addAndGet(5_999 * MILLI);
        assertTrue(lease.valid());
        now.addAndGet(MILLI);
        assertFalse(lease.valid());
    }

    @Test
    void aLateAnswerToAnEarlyRequestDoesNotProlongIt() {
        long early = now.get();
        now.addAndGet(4_000 * MILLI);
        lease.confirm(now.get());
        lease.confirm(early);
        now.addAndGet(3_000 * MILLI);
        assertTrue(lease.valid(), "the answer to the later request counts");
        now.addAndGet(3_000 * MILLI);
        assertFalse(lease.valid());
    }

    @Test
    void theEndIsForGood() {
        lease.confirm(now.get());
        lease.end();
        assertFalse(lease.valid());
        lease.confirm(now.get());
        assertFalse(lease.valid());
    }
}
