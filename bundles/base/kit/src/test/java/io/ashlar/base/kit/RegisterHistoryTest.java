package io.ashlar.base.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegisterHistoryTest {
    private final RegisterHistory history = new RegisterHistory();

    private void write(long value, long begin, long end) {
        history.writeBegins(value, begin);
        history.writeEnds(value, end);
    }

    @Test
    void writesAndReadsInOrderAreFine() {
        history.read(0, 1, 2);
        write(7, 3, 4);
        history.read(7, 5, 6);
        write(8, 7, 8);
        history.read(8, 9, 10);
        assertEquals(Optional.empty(), history.violation());
    }

    @Test
    void anOldValueAfterANewOneIsFound() {
        write(7, 1, 2);
        write(8, 3, 4);
        history.read(7, 5, 6);
        assertTrue(history.violation().isPresent());
    }

    @Test
    void theBeginningAfterAWriteIsFound() {
        write(7, 1, 2);
        history.read(0, 3, 4);
        assertTrue(history.violation().isPresent());
    }

    @Test
    void aReadDuringAWriteMaySeeEither() {
        write(7, 1, 2);
        history.writeBegins(8, 3);
        history.read(7, 4, 5);
        history.read(8, 6, 7);
        history.writeEnds(8, 9);
        assertEquals(Optional.empty(), history.violation());
    }

    @Test
    void backAndForthDuringAWriteIsFound() {
        write(7, 1, 2);
        history.writeBegins(8, 3);
        history.read(8, 4, 5);
        history.read(7, 6, 7);
        history.writeEnds(8, 9);
        assertTrue(history.violation().isPresent());
    }

    @Test
    void aWriteThatNeverEndedMayHaveBeenDoneOnceButNotTwice() {
        history.writeBegins(7, 1);
        history.read(0, 2, 3);
        history.read(7, 4, 5);
        assertEquals(Optional.empty(), history.violation());
        write(8, 6, 7);
        history.read(7, 8, 9);
        assertTrue(history.violation().isPresent());
    }

    @Test
    void aValueThatNobodyWroteIsFound() {
        history.read(9, 1, 2);
        assertTrue(history.violation().isPresent());
    }

    @Test
    void aSimulationRepeatsItselfWithItsSeed() {
        assertEquals(run(3), run(3));
        assertTrue(!run(3).equals(run(4)));
    }

    private static String run(long seed) {
        var world = new Simulation(seed);
        var log = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            int number = i;
            world.after(
                    world.between(0, 100),
                    () -> log.append(number).append('@').append(world.nanos()).append(' '));
        }
        world.run(100, () -> {});
        return log.toString();
    }
}
