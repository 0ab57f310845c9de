package io.ashlar.extent.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.base.Units;
import io.ashlar.chunk.SpaceReport.Held;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpaceBookTest {
    private static final ChunkId C1 = new ChunkId(1);
    private static final ChunkId C2 = new ChunkId(2);
    private static final long TIMEOUT = 100;

    private final Epochs epochs = new Epochs(3, 1);
    private final SpaceBook book;

    SpaceBookTest() {
        epochs.raise(1_000);
        book = new SpaceBook(epochs, TIMEOUT);
    }

    private static Pextent extent(int id, boolean thick, boolean synced, ChunkId... location) {
        return new Pextent(
                Pid.of(0, id),
                Lid.of(0, id),
                1,
                List.of(location),
                1,
                Generation.ZERO,
                LeaseEpoch.NONE,
                synced,
                location.length,
                thick,
                "p",
                "w");
    }

    private void made(Pextent row) {
        book.changed(Optional.empty(), Optional.of(row));
    }

    private long report(Map<ChunkId, Long> measured) {
        long version = book.startReport();
        book.take(0, version);
        book.reported(version, measured);
        return version;
    }

    private Held held(ChunkId chunk) {
        return book.take(0, book.startReport()).held().getOrDefault(chunk, new Held(0, 0));
    }

    @Test
    void aReportWaitsForEarlierRequestsOnly() {
        var early = book.begin(0);
        long version = book.startReport();
        var late = book.begin(0);
        assertTrue(early.version() < version);
        assertEquals(version, late.version(), "requests during a report carry its version");

        assertFalse(book.drained(version));
        book.end(early);
        assertTrue(book.drained(version), "a request of the report's own version is not waited for");
        book.end(late);
    }

    @Test
    void aRequestCountsUntilTheTableWasUpdatedNotUntilItsReply() {
        var ticket = book.begin(0);
        long version = book.startReport();
        assertTrue(book.answered(ticket, 1));
        assertFalse(book.drained(version));
        book.giveUp(10 * TIMEOUT);
        assertFalse(book.drained(version), "what was answered in time is not given up");
        book.end(ticket);
        assertTrue(book.drained(version));
    }

    @Test
    void aRequestThatIsNotAnsweredInTimeIsGivenUpAndItsLateReplyIsNotUsed() {
        var ticket = book.begin(0);
        long version = book.startReport();
        book.giveUp(TIMEOUT - 1);
        assertFalse(book.drained(version));
        book.giveUp(TIMEOUT);
        assertTrue(book.drained(version));
        assertFalse(book.answered(ticket, TIMEOUT + 1));
        book.end(ticket);
        assertTrue(book.drained(version));
    }

    @Test
    void aLateReplyIsNotUsedThoughNobodyGaveItUp() {
        var ticket = book.begin(0);
        assertFalse(book.answered(ticket, TIMEOUT));
        assertTrue(book.drained(book.startReport()));
    }

    @Test
    void versionsGrowAndCarryTheTerm() {
        long first = book.startReport();
        long second = book.startReport();
        assertTrue(second > first);
        assertEquals(3, first >>> 32);
    }

    @Test
    void thickSegmentsCountWholeUntilTheyAreRemoved() {
        var row = extent(1, true, false, C1, C2);
        made(row);
        assertEquals(new Held(Units.EXTENT_BYTES, 0), held(C1));
        var shorter = row.recorded(LeaseEpoch.of(3, 5), new Generation(LeaseEpoch.of(3, 5), 0), List.of(C1));
        book.changed(Optional.of(row), Optional.of(shorter));
        assertEquals(new Held(Units.EXTENT_BYTES, 0), held(C1));
        assertEquals(new Held(0, 0), held(C2));
        book.changed(Optional.of(shorter), Optional.empty());
        assertEquals(new Held(0, 0), held(C1));
    }

    @Test
    void aThinSegmentIsNewUntilAMeasurementThatWasTakenAfterItForCertain() {
        report(Map.of(C1, 7L));
        made(extent(1, false, false, C1));
        report(Map.of(C1, 8L)); // 8 may be older than the segment, and 9 may be on its way already
        assertEquals(Units.EXTENT_BYTES, held(C1).newThinBytes());
        report(Map.of(C1, 9L));
        assertEquals(Units.EXTENT_BYTES, held(C1).newThinBytes());
        report(Map.of(C1, 10L));
        assertEquals(0, held(C1).newThinBytes());
    }

    @Test
    void aSegmentThatIsMadeWhileAReportIsOnItsWayIsNotTakenForSeen() {
        long version = book.startReport();
        book.take(0, version);
        made(extent(1, false, false, C1));
        book.reported(version, Map.of(C1, 7L));
        report(Map.of(C1, 9L));
        assertEquals(Units.EXTENT_BYTES, held(C1).newThinBytes());
        report(Map.of(C1, 11L));
        assertEquals(0, held(C1).newThinBytes());
    }

    @Test
    void aChunkThatBeginsToCountAnewDoesNotHideANewSegment() {
        made(extent(1, false, false, C1));
        report(Map.of(C1, 100L));
        report(Map.of(C1, 1L));
        report(Map.of(C1, 2L));
        assertEquals(Units.EXTENT_BYTES, held(C1).newThinBytes());
        report(Map.of(C1, 3L));
        assertEquals(0, held(C1).newThinBytes());
    }

    @Test
    void aChunkThatNeverMeasuredKeepsItsNewSegments() {
        made(extent(1, false, false, C1, C2));
        for (long m = 1; m < 5; m++) {
            report(Map.of(C2, m));
        }
        assertEquals(Units.EXTENT_BYTES, held(C1).newThinBytes());
        assertEquals(0, held(C2).newThinBytes());
    }

    @Test
    void afterARestartThickSegmentsAndThinOnesThatWereNeverUsedCount() {
        book.loaded(extent(1, true, true, C1));
        book.loaded(extent(2, false, false, C1));
        book.loaded(extent(3, false, true, C1));
        assertEquals(new Held(Units.EXTENT_BYTES, Units.EXTENT_BYTES), held(C1));
    }
}
