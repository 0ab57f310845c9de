package io.ashlar.ops.rest;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class LoginGuardTest {

    private static final String WRONG = FakeWorld.basic("admin", "guess");
    private static final String RIGHT = FakeWorld.basic("admin", FakeWorld.PASSWORD);

    private final FakeWorld world = new FakeWorld();

    @Test
    void onlyWrongPasswordsAreHeldBack() {
        var delays = new AtomicInteger();
        var guard = new LoginGuard(delays::incrementAndGet);

        admit(guard, RIGHT);
        assertEquals(0, delays.get());
        assertThrows(Refused.class, () -> admit(guard, WRONG));
        assertEquals(1, delays.get());
    }

    @Test
    void whileManyWrongOnesWaitFurtherOnesAreSentAwayAndTheRightOneGetsIn() throws InterruptedException {
        var waiting = new CountDownLatch(4);
        var release = new CountDownLatch(1);
        var guard = new LoginGuard(() -> {
            waiting.countDown();
            release.await();
        });
        var guessers = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            guessers.add(Thread.ofVirtual().start(() -> assertThrows(Refused.class, () -> admit(guard, WRONG))));
        }
        assertTrue(waiting.await(5, TimeUnit.SECONDS));

        var refused = assertThrows(Refused.class, () -> admit(guard, WRONG));
        assertEquals(429, refused.response().status());
        assertEquals("1", refused.response().headers().get("Retry-After"));
        assertDoesNotThrow(() -> admit(guard, RIGHT));

        release.countDown();
        for (var guesser : guessers) {
            guesser.join();
        }
    }

    @Test
    void aHugeHeaderIsNotEvenDecoded() {
        var guard = new LoginGuard(() -> {});
        assertThrows(Refused.class, () -> admit(guard, "Basic " + "QUFB".repeat(10_000)));
    }

    private void admit(LoginGuard guard, String header) {
        guard.admit(header, world.identity().orElseThrow());
    }
}
