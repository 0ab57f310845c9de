package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final long ALL = 32 << 20;

    private final Limits limits = new Limits(1, 2, ALL, ALL, 1, 1);
    private final Budget budget = new Budget(limits.bytes());
    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final Admission holder = new Admission(limits, budget, loop::add, () -> {});
    private int continued;
    private final Admission waiter = new Admission(limits, budget, loop::add, () -> continued++);

    private void waiterWaitsForTheHolder() {
        assertTrue(holder.admit(ALL));
        assertFalse(waiter.admit(4096));
        assertFalse(waiter.admit(4096), "it waits once, not twice");
        holder.done(ALL);
        assertEquals(4096, budget.used());
    }

    @Test
    void aGrantAdmitsTheRequestThatWaited() {
        waiterWaitsForTheHolder();
        loop.remove().run();
        assertEquals(1, continued);
        assertTrue(waiter.admit(4096));
        assertEquals(4096, budget.used());
        waiter.done(4096);
        assertEquals(0, budget.used());
        assertTrue(waiter.isIdle());
    }

    @Test
    void aGrantToAConnectionThatHasEndedIsGivenBack() {
        waiterWaitsForTheHolder();
        waiter.close();
        loop.remove().run();
        assertEquals(0, continued);
        assertEquals(0, budget.used());
    }

    @Test
    void aGrantThatIsNotUsedBeforeTheEndIsGivenBack() {
        waiterWaitsForTheHolder();
        loop.remove().run();
        waiter.close();
        assertEquals(0, budget.used());
    }

    @Test
    void aGrantToAStoppedServerIsGivenBack() {
        var stopped = new Admission(
                limits,
                budget,
                task -> {
                    throw new RejectedExecutionException();
                },
                () -> {});
        assertTrue(holder.admit(ALL));
        assertFalse(stopped.admit(4096));
        holder.done(ALL);
        assertEquals(0, budget.used());
    }

    @Test
    void whatLeavesTheLineClaimsNothing() {
        assertTrue(holder.admit(ALL));
        assertFalse(waiter.admit(4096));
        waiter.close();
        holder.done(ALL);
        assertEquals(0, budget.used());
        assertTrue(loop.isEmpty());
    }
}
