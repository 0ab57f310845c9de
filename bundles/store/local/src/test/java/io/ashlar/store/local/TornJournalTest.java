package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.SECTOR;
import static io.ashlar.store.local.Rig.generation;
import static io.ashlar.store.local.Rig.pattern;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Pid;
import io.ashlar.store.ReadResult;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A journal whose end is torn loses what was never acknowledged; one that is damaged before its end gives up the
/// segments concerned, and only those.
class TornJournalTest {
    private static final Settings QUIET = Rig.SMALL.withCheckpointMillis(1_000_000);
    private static final Pid P = new Pid(0x123);
    private static final Pid Q = new Pid(0x124);
    private static final Pid R = new Pid(0x125);

    private MemoryDisk disk;
    private List<JournalScan.Frame> frames;

    /// The frames: make and stamp P, Q, R; then P 1, Q 1, R 1, P 2, Q 2, P 3, each alone.
    @BeforeEach
    void writeJournal() throws IOException {
        var live = new MemoryDisk();
        var rig = new Rig(live, QUIET);
        for (var pid : List.of(P, Q, R)) {
            rig.open(pid, 1);
        }
        for (var pid : List.of(P, Q, R)) {
            rig.write(pid, generation(1, 1), 0, pattern(1, SECTOR));
        }
        rig.write(P, generation(1, 2), 0, pattern(2, SECTOR));
        rig.write(Q, generation(1, 2), 0, pattern(2, SECTOR));
        rig.write(P, generation(1, 3), 0, pattern(3, SECTOR));
        live.losePower();
        disk = live.copy();
        rig.abandon();
        frames = framesOf(disk.copy());
        assertEquals(12, frames.size());
    }

    private static List<JournalScan.Frame> framesOf(MemoryDisk disk) throws IOException {
        var store = StoreIdentity.read(disk).store();
        var checkpoint = Checkpoint.read(disk.open(Checkpoint.FILE), store).orElseThrow();
        var journal = Journal.open(disk, store, checkpoint.files(), checkpoint.fileBytes());
        return new JournalScan(journal, store).run(checkpoint.tail(), false).frames();
    }

    private static String fileOf(JournalScan.Frame frame) {
        return Journal.nameOf(frame.header().position().file());
    }

    @Test
    void aFlippedBitAnywhereInTheLastFrameDropsItAndNothingElse() throws IOException {
        flipEvery(13);
    }

    @Test
    void aTailCutAnywhereInTheLastFrameLeavesAllBeforeIt() throws IOException {
        cutEvery(13);
    }

    @Test
    @Tag("long")
    void everyByteOfTheLastFrame() throws IOException {
        flipEvery(1);
        cutEvery(1);
    }

    private void flipEvery(int stride) throws IOException {
        var last = frames.getLast();
        long from = last.header().position().offset();
        for (long at = 0; at < last.header().frameBytes(); at += at < 256 ? 1 : stride) {
            var copy = disk.copy();
            copy.flip(fileOf(last), from + at, (int) (at % Byte.SIZE));
            assertEquals(2, reopened(copy), "bit flipped in byte " + at);
        }
    }

    private void cutEvery(int stride) throws IOException {
        var last = frames.getLast();
        long from = last.header().position().offset();
        long end = from + last.header().frameBytes();
        for (long at = 0; at < last.header().frameBytes(); at += at < 256 ? 1 : stride) {
            var copy = disk.copy();
            copy.lose(fileOf(last), from + at, end);
            long counter = reopened(copy);
            // what is cut off the head's padding is missed by nobody, but the payload is cut with it
            assertEquals(2, counter, "cut at byte " + at);
        }
    }

    /// @return how far P has come, after its bytes were compared with that
    private static long reopened(MemoryDisk disk) throws IOException {
        var opener = new EngineOpener(disk, QUIET);
        var parts = opener.open(opener.formatted(), "test", cause -> {}).parts();
        for (var pid : List.of(P, Q, R)) {
            var segment = parts.segments().get(pid);
            assertFalse(segment.damaged());
            long counter = segment.admitted().counter();
            var bytes = ByteBuffer.allocate(SECTOR);
            assertEquals(SegmentIo.NO_DAMAGE, parts.io().read(segment, 0, SECTOR, bytes));
            assertArrayEquals(pattern(counter, SECTOR), bytes.array());
        }
        return parts.segments().get(P).admitted().counter();
    }

    @Test
    void aTornTailIsWrittenOverAndForgotten() throws IOException {
        var last = frames.getLast();
        disk.flip(fileOf(last), last.header().position().offset() + 5000, 1);
        var rig = new Rig(disk, QUIET);
        assertEquals(new WriteResult.Applied(generation(1, 3)), rig.write(P, generation(1, 3), 0, pattern(33, SECTOR)));
        disk.losePower();
        rig.abandon();

        try (var again = new Rig(disk.afterKill(), QUIET)) {
            assertArrayEquals(pattern(33, SECTOR), again.bytes(P, 1, 0, SECTOR));
        }
    }

    @Test
    void aDamagedPayloadBeforeTheEndGivesUpItsSegmentAlone() throws IOException {
        var frame = frames.get(9); // P 2
        disk.flip(
                fileOf(frame),
                frame.header().position().offset() + frame.header().headerBytes() + 99,
                4);

        try (var rig = new Rig(disk, QUIET)) {
            assertFalse(rig.fenced(P, 1).complete());
            assertInstanceOf(ReadResult.Damaged.class, rig.read(P, 1, 0, new byte[SECTOR]));
            assertTrue(rig.fenced(Q, 1).complete());
            assertTrue(rig.fenced(R, 1).complete());
            assertArrayEquals(pattern(2, SECTOR), rig.bytes(Q, 1, 0, SECTOR));
        }
    }

    @Test
    void aLostFrameBeforeTheEndGivesUpWhatIsNotProvenByLaterRecords() throws IOException {
        var frame = frames.get(9); // P 2
        disk.flip(fileOf(frame), frame.header().position().offset() + 20, 4);

        try (var rig = new Rig(disk, QUIET)) {
            assertFalse(rig.fenced(P, 1).complete(), "its record is lost");
            assertTrue(rig.fenced(Q, 1).complete(), "its next record follows the one before");
            assertFalse(rig.fenced(R, 1).complete(), "nobody knows whether it was in the lost frame");
        }
        try (var rig = new Rig(disk.copy(), QUIET)) {
            assertFalse(rig.fenced(P, 1).complete(), "damage is remembered");
        }
    }

    @Test
    void aLostNewestCheckpointSlotIsMadeUpForByTheOlderOne() throws IOException {
        disk.flip(Checkpoint.FILE, 50, 0);
        assertEquals(3, reopened(disk.copy()));
        disk.flip(Checkpoint.FILE, 50, 0);
        disk.flip(Checkpoint.FILE, 4096 + 50, 0);
        assertEquals(3, reopened(disk.copy()));
    }
}
