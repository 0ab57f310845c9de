package io.ashlar.store.local;

import static io.ashlar.store.local.Delta.history;
import static io.ashlar.store.local.Delta.known;
import static io.ashlar.store.local.Rig.BLOCK;
import static io.ashlar.store.local.Rig.SECTOR;
import static io.ashlar.store.local.Rig.epoch;
import static io.ashlar.store.local.Rig.generation;
import static io.ashlar.store.local.Rig.pattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite.Kind;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a segment tells of its past.
class HistoryTest {
    private static final Pid P = new Pid(0x123);
    private static final Settings QUIET = Rig.SMALL.withCheckpointMillis(1_000_000);
    private static final HistoryResult UNKNOWN = new HistoryResult.Unknown();
    private static final HistoryResult NOTHING = new HistoryResult.Changes(List.of());

    private final MemoryDisk disk = new MemoryDisk();

    private static SegmentPatch patch(Kind kind, int offset, int length) {
        return new SegmentPatch(kind, offset, length);
    }

    /// One sector of every other block.
    private static void fill(Rig rig, int writes) {
        for (int i = 1; i <= writes; i++) {
            rig.write(P, generation(1, i), 2 * i * BLOCK, pattern(i, SECTOR));
        }
    }

    @Test
    void changesAfterAGenerationAreToldInOrderOfOffset() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 9 * BLOCK, pattern(1, SECTOR));
            rig.zero(P, generation(1, 2), 4 * BLOCK, SECTOR);
            rig.discard(P, generation(1, 3), 9 * BLOCK, BLOCK);
            rig.write(P, generation(1, 4), BLOCK, pattern(4, 2 * SECTOR));

            assertEquals(
                    List.of(
                            patch(Kind.DATA, BLOCK, 2 * SECTOR),
                            patch(Kind.ZERO, 4 * BLOCK, SECTOR),
                            patch(Kind.DISCARD, 9 * BLOCK, BLOCK)),
                    known(rig, P, 1, generation(1, 1)));
            assertEquals(List.of(patch(Kind.DATA, BLOCK, 2 * SECTOR)), known(rig, P, 1, generation(1, 3)));
            assertEquals(NOTHING, history(rig, P, 1, generation(1, 4)));
            assertEquals(3, known(rig, P, 1, Generation.ZERO).size(), "the write that was discarded left nothing");
        }
    }

    @Test
    void theLaterOfTwoChangesOfASectorWins() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, 4 * SECTOR));
            rig.zero(P, generation(1, 2), SECTOR, SECTOR);
            rig.write(P, generation(1, 3), 4 * SECTOR, pattern(3, SECTOR));

            assertEquals(
                    List.of(
                            patch(Kind.DATA, 0, SECTOR),
                            patch(Kind.DISCARD, SECTOR, SECTOR),
                            patch(Kind.DATA, 2 * SECTOR, 3 * SECTOR)),
                    known(rig, P, 1, generation(1, 0)),
                    "in a block that data allocates, zeros need not");
        }
    }

    /// Each alone gives back nothing, so one patch over both must not either.
    @Test
    void twoDiscardsOfHalvesOfABlockAreNoDiscardOfTheBlock() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            rig.write(P, generation(1, 1), 0, pattern(1, BLOCK / 2));
            rig.discard(P, generation(1, 2), 0, BLOCK / 2);
            rig.discard(P, generation(1, 3), BLOCK / 2, BLOCK / 2);

            assertEquals(List.of(patch(Kind.ZERO, 0, BLOCK)), known(rig, P, 1, generation(1, 1)));
        }
    }

    @Test
    void stampsAndFencesChangeNothingButAreGenerationsToBeginFrom() throws IOException {
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            fill(rig, 2);
            rig.open(P, 4);
            rig.fenced(P, 6);

            assertEquals(NOTHING, history(rig, P, 6, generation(1, 2)));
            assertEquals(NOTHING, history(rig, P, 6, generation(4, 2)));
            assertEquals(List.of(patch(Kind.DATA, 4 * BLOCK, SECTOR)), known(rig, P, 6, generation(1, 1)));
        }
    }

    /// Two writes reach only A; the next owner, without A, writes another one on B. A and B are at equal counters then.
    @Test
    void aPairOfAnotherEpochIsNotKnownThoughTheCounterIs() throws IOException {
        var diskB = new MemoryDisk();
        try (var a = new Rig(disk);
                var b = new Rig(diskB)) {
            for (var rig : List.of(a, b)) {
                rig.open(P, 1);
                fill(rig, 10);
            }
            a.write(P, generation(1, 11), 0, pattern(11, SECTOR));
            b.open(P, 2);
            b.write(P, generation(2, 11), 0, pattern(111, SECTOR));
            a.fenced(P, 3);
            b.fenced(P, 3);

            assertEquals(UNKNOWN, history(b, P, 3, generation(1, 11)), "what A has, B never had");
            assertEquals(UNKNOWN, history(a, P, 3, generation(2, 11)));
            assertEquals(UNKNOWN, history(a, P, 3, generation(2, 10)), "A was never stamped by the second owner");
            assertEquals(List.of(patch(Kind.DATA, 0, SECTOR)), known(b, P, 3, generation(1, 10)));
        }
    }

    @Test
    void onlyTheLastChangesAreRemembered() throws IOException {
        int writes = SegmentHistory.MAX_CHANGES + 40;
        assertTrue(SegmentHistory.MAX_CHANGES >= SegmentAdvance.MAX_PATCHES);
        try (var rig = new Rig(disk)) {
            rig.open(P, 1);
            fill(rig, writes);

            assertEquals(UNKNOWN, history(rig, P, 1, generation(1, 39)));
            var all = known(rig, P, 1, generation(1, 40));
            assertEquals(SegmentHistory.MAX_CHANGES, all.size());
            assertEquals(2 * 41 * BLOCK, all.getFirst().offsetBytes());
            assertEquals(1, known(rig, P, 1, generation(1, writes - 1)).size());
        }
        try (var rig = new Rig(disk)) {
            assertEquals(UNKNOWN, history(rig, P, 1, generation(1, 39)));
            assertEquals(
                    SegmentHistory.MAX_CHANGES,
                    known(rig, P, 1, generation(1, 40)).size());
            rig.write(P, generation(1, writes + 1), 0, pattern(1, SECTOR));
            assertEquals(UNKNOWN, history(rig, P, 1, generation(1, 40)), "a full ring turns on after reopening");
            assertEquals(
                    SegmentHistory.MAX_CHANGES,
                    known(rig, P, 1, generation(1, 41)).size());
        }
    }

    @Test
    void itSurvivesClosingAndKillsBeforeAndAfterACheckpoint() throws IOException {
        try (var rig = new Rig(disk, QUIET)) {
            rig.open(P, 1);
            fill(rig, 3);
        }
        var killed = new Rig(disk, QUIET);
        killed.write(P, generation(1, 4), 0, pattern(4, SECTOR));
        killed.engine.parts().checkpointer().checkpoint(false);
        killed.write(P, generation(1, 5), SECTOR, pattern(5, SECTOR));
        var survivor = disk.afterKill();
        killed.abandon();
        for (int i = 0; i < 2; i++) {
            var rig = new Rig(survivor, QUIET);
            assertEquals(
                    List.of(patch(Kind.DATA, 0, 2 * SECTOR), patch(Kind.DATA, 6 * BLOCK, SECTOR)),
                    known(rig, P, 1, generation(1, 2)));
            survivor = survivor.afterKill();
            rig.abandon();
        }
    }

    @Test
    void itIsRefusedAsReadsAre() throws IOException {
        try (var rig = new Rig(disk)) {
            assertEquals(new HistoryResult.Missing(), history(rig, P, 1, Generation.ZERO));
            rig.open(P, 5);
            assertEquals(new HistoryResult.Fenced(epoch(5)), history(rig, P, 4, Generation.ZERO));
            rig.engine.parts().segments().get(P).damage("for the test");
            assertInstanceOf(HistoryResult.Failed.class, history(rig, P, 5, Generation.ZERO));
        }
    }

    @Test
    void aSegmentThatWasDroppedAndMadeAnewKnowsNothingOfItsPredecessor() throws IOException {
        try (var rig = new Rig(disk, QUIET)) {
            rig.open(P, 1);
            fill(rig, 2);
            rig.drop(P);
            rig.open(P, 1);
            assertEquals(UNKNOWN, history(rig, P, 1, generation(1, 1)));
        }
        try (var rig = new Rig(disk, QUIET)) {
            assertEquals(UNKNOWN, history(rig, P, 1, generation(1, 1)));
            assertEquals(NOTHING, history(rig, P, 1, Generation.ZERO));
            assertEquals(
                    new WriteResult.Applied(generation(1, 1)), rig.write(P, generation(1, 1), 0, pattern(1, SECTOR)));
        }
    }
}
