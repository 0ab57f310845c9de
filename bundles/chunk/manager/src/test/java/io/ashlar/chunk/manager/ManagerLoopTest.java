package io.ashlar.chunk.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.StorageException;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ManagerLoopTest {
    @Test
    void aCallsOwnExceptionReachesItsCallerAndTheLoopGoesOn() {
        try (var loop = new ManagerLoop("loop", 1000, () -> {}, () -> {})) {
            assertThrows(
                    StorageException.DataLost.class,
                    () -> loop.call(() -> {
                        throw new StorageException.DataLost("row");
                    }));
            assertThrows(
                    StackOverflowError.class,
                    () -> loop.call(() -> {
                        throw new StackOverflowError();
                    }));
            assertEquals(5, loop.call(() -> 5));
        }
    }

    @Test
    void itTicksAlsoWhenATickFails() throws InterruptedException {
        var ticks = new CountDownLatch(3);
        try (var loop = new ManagerLoop(
                "loop",
                1,
                () -> {
                    ticks.countDown();
                    throw new IllegalStateException("bad tick");
                },
                () -> {})) {
            assertTrue(ticks.await(10, TimeUnit.SECONDS));
            assertEquals(1, loop.call(() -> 1));
        }
    }

    @Test
    void aFullQueueRefusesAndTheWaitingAreToldWhenTheLoopEnds() throws InterruptedException {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var told = new AtomicInteger();
        var callers = new ArrayList<Thread>();
        var loop = new ManagerLoop("loop", 1000, () -> {}, () -> {});
        callers.add(Thread.startVirtualThread(() -> loop.call(() -> {
            entered.countDown();
            await(leave);
            return 0;
        })));
        assertTrue(entered.await(10, TimeUnit.SECONDS));
        var refusedOrQueued = new CountDownLatch(1);
        for (int i = 0; i < ManagerLoop.MAX_WAITING + 1; i++) {
            callers.add(Thread.startVirtualThread(() -> {
                try {
                    loop.call(() -> 0);
                } catch (StorageException.Unavailable e) {
                    refusedOrQueued.countDown();
                } catch (StorageException.StaleEpoch e) {
                    told.incrementAndGet();
                }
            }));
        }
        assertTrue(refusedOrQueued.await(10, TimeUnit.SECONDS), "one too many is refused at once");
        var closer = Thread.startVirtualThread(loop::close);
        while (closer.getState() == Thread.State.NEW || closer.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        leave.countDown();
        closer.join();
        for (var caller : callers) {
            assertTrue(caller.join(java.time.Duration.ofSeconds(10)));
        }
        assertEquals(ManagerLoop.MAX_WAITING, told.get());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
