package io.ashlar.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.ashlar.base.StorageException;
import io.ashlar.ops.health.Snapshot.Part;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ProbeTest {

    private final Probe probe = new Probe();

    @Test
    void anAbsentServiceIsAbsent() {
        assertInstanceOf(
                Part.Absent.class, probe.ask((String) null, String::length).by(in(1000)));
    }

    @Test
    void anAnswerIsPassedOn() {
        assertEquals(new Part.Answered<>(3), probe.ask("abc", String::length).by(in(5000)));
    }

    @Test
    void aServiceThatIsUnavailableIsSilentWithItsReason() {
        Part<Integer> part = probe.<String, Integer>ask("abc", _ -> {
                    throw new StorageException.Unavailable("no quorum");
                })
                .by(in(5000));

        assertEquals(new Part.Silent<>("no quorum"), part);
    }

    @Test
    void aServiceThatHangsDoesNotHangTheAsker() {
        var never = new CountDownLatch(1);
        Part<Integer> part = probe.ask("abc", _ -> waitFor(never)).by(in(20));

        assertInstanceOf(Part.Silent.class, part);
        never.countDown();
    }

    @Test
    void questionsToAHangingServiceDoNotPileUp() {
        var never = new CountDownLatch(1);
        for (int i = 0; i < 4; i++) {
            probe.ask("abc", _ -> waitFor(never));
        }

        assertEquals(
                new Part.Silent<Integer>("earlier questions are still open"),
                probe.ask("abc", String::length).by(in(5000)));
        never.countDown();
    }

    private static int waitFor(CountDownLatch latch) {
        try {
            return latch.await(5, TimeUnit.SECONDS) ? 1 : 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long in(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
