package io.ashlar.store.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Pid;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentHistoryTest {
    private static final Pid P = new Pid(1);
    private static final int SECTORS = 64;

    private static Generation generation(long epoch, long counter) {
        return new Generation(new LeaseEpoch(epoch), counter);
    }

    private static JournalRecord change(JournalRecord.Kind kind, long epoch, long counter, int first, int count) {
        return JournalRecord.change(
                kind, P, 1, 1, epoch, counter, first * Rig.SECTOR, count * Rig.SECTOR, 0, new int[0]);
    }

    private static JournalRecord stamp(long epoch, long counter) {
        return JournalRecord.of(JournalRecord.Kind.STAMP, P, 1, 1, epoch, counter);
    }

    /// As a segment does that has its first block allocated.
    private static Optional<List<SegmentPatch>> since(SegmentHistory history, Generation since) {
        var blocks = new BlockMap();
        blocks.set(0, 1);
        return history.changesSince(since).map(changes -> PatchPainter.patches(changes, blocks));
    }

    @Test
    void patchesNameWhatWasDoneLastAndDoNotOverlap() {
        var history = SegmentHistory.startingAt(0, 0);
        history.apply(stamp(5, 0));
        history.apply(change(JournalRecord.Kind.WRITE, 5, 1, 0, 8));
        history.apply(change(JournalRecord.Kind.DISCARD, 5, 2, 4, 8));
        history.apply(change(JournalRecord.Kind.ZERO, 5, 3, 6, 1));

        assertEquals(
                List.of(
                        new SegmentPatch(SegmentWrite.Kind.DATA, 0, 4 * Rig.SECTOR),
                        new SegmentPatch(SegmentWrite.Kind.DISCARD, 4 * Rig.SECTOR, 8 * Rig.SECTOR)),
                since(history, Generation.ZERO).orElseThrow());
        assertEquals(
                List.of(new SegmentPatch(SegmentWrite.Kind.ZERO, 6 * Rig.SECTOR, Rig.SECTOR)),
                since(history, generation(5, 2)).orElseThrow());
        assertEquals(List.of(), since(history, generation(5, 3)).orElseThrow());
    }

    @Test
    void aGenerationThatTheSegmentNeverHadIsUnknown() {
        var history = SegmentHistory.startingAt(0, 0);
        history.apply(stamp(5, 0));
        history.apply(change(JournalRecord.Kind.WRITE, 5, 1, 0, 1));
        history.apply(stamp(6, 1));
        history.apply(change(JournalRecord.Kind.WRITE, 6, 2, 1, 1));

        assertEquals(Optional.empty(), since(history, generation(5, 2)), "written under a lease that was over");
        assertEquals(Optional.empty(), since(history, generation(6, 3)));
        assertEquals(Optional.empty(), since(history, generation(4, 1)));
        assertEquals(1, since(history, generation(5, 1)).orElseThrow().size());
        assertEquals(1, since(history, generation(6, 1)).orElseThrow().size());
    }

    @Test
    void anAdvanceIsRememberedAsAWholeAndNoGenerationInsideIt() {
        var history = SegmentHistory.startingAt(0, 0);
        history.apply(stamp(5, 0));
        history.apply(change(JournalRecord.Kind.WRITE, 5, 1, 0, 1));
        history.apply(change(JournalRecord.Kind.WRITE, 5, 9, 10, 1));
        history.apply(change(JournalRecord.Kind.WRITE, 5, 9, 20, 1));

        assertEquals(2, since(history, generation(5, 1)).orElseThrow().size());
        assertEquals(Optional.empty(), since(history, generation(5, 4)));
        assertEquals(List.of(), since(history, generation(5, 9)).orElseThrow());
    }

    /// Whatever is answered must make a copy at that generation equal, also after being written down and read back.
    @Test
    void patchesBringAnyRememberedGenerationUp() {
        for (long seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            var history = SegmentHistory.startingAt(0, 0);
            var generations = new ArrayList<>(List.of(Generation.ZERO));
            var contents = new ArrayList<>(List.of(new long[SECTORS]));
            long epoch = 0;
            long counter = 0;
            for (int i = 0; i < 700; i++) {
                var content = contents.getLast().clone();
                if (epoch == 0 || random.nextInt(90) == 0) {
                    epoch++;
                    history.apply(stamp(epoch, counter));
                } else {
                    counter++;
                    int first = random.nextInt(SECTORS);
                    int count = 1 + random.nextInt(Math.min(6, SECTORS - first));
                    boolean data = random.nextInt(3) > 0;
                    history.apply(change(
                            data ? JournalRecord.Kind.WRITE : JournalRecord.Kind.ZERO, epoch, counter, first, count));
                    Arrays.fill(content, first, first + count, data ? counter : 0);
                }
                generations.add(generation(epoch, counter));
                contents.add(content);
                if (random.nextInt(50) == 0) {
                    history = writtenAndRead(history, epoch, counter);
                }
            }
            int answered = 0;
            for (int i = 0; i < generations.size(); i++) {
                var patches = since(history, generations.get(i));
                if (patches.isPresent()) {
                    answered++;
                    assertArrayEquals(
                            contents.getLast(),
                            patched(contents.get(i), patches.get(), contents.getLast()),
                            "seed " + seed);
                }
            }
            assertTrue(answered >= SegmentAdvance.MAX_PATCHES, "remembers " + answered);
        }
    }

    private static SegmentHistory writtenAndRead(SegmentHistory history, long epoch, long counter) {
        var buffer = ByteBuffer.allocate(SegmentHistory.ENCODED_BYTES);
        history.encode(buffer);
        return SegmentHistory.decode(buffer.rewind(), epoch, counter);
    }

    private static long[] patched(long[] old, List<SegmentPatch> patches, long[] source) {
        var content = old.clone();
        for (var patch : patches) {
            int first = patch.offsetBytes() / Rig.SECTOR;
            for (int i = first; i < first + patch.lengthBytes() / Rig.SECTOR; i++) {
                content[i] = patch.kind() == SegmentWrite.Kind.DATA ? source[i] : 0;
            }
        }
        return content;
    }
}
