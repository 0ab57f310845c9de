package io.ashlar.store.local;

import io.ashlar.base.Pid;
import io.ashlar.base.SectorChecksums;
import io.ashlar.base.Units;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the segments' files up to the end of the journal when a chunk is opened. Every record from the tail on is
/// done again in order, whatever of it the files have already; so it does not matter when the last run ended, or that
/// of a replay.
///
/// A segment that cannot be proven whole is marked as damaged: one of whose records is missing (S12), and one whose
/// newest header may be lost and whose journal does not prove the older one (S10).
final class Replay {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final long NEVER = -1;

    private final Journal journal;
    private final SegmentTable segments;
    private final SegmentIo io;
    /// Of each block, the last record that put its data past the journal: nothing older may be done to it again.
    private final Map<Pid, long[]> lastDirect = new HashMap<>();
    private final Map<Pid, Long> lastDrop = new HashMap<>();
    private final Map<Pid, Long> lastStep = new HashMap<>();
    /// Segments whose newest header may be lost, until a record shows that the journal has all that followed the older
    /// one.
    private final Set<Segment> doubtful;
    /// Segments that may have had changes in a lost part of the journal, until a later record follows the one seen
    /// before.
    private final Set<Segment> unproven = new HashSet<>();
    private final Set<Segment> touched = new LinkedHashSet<>();
    private final Set<Pid> names = new HashSet<>();

    /// @param doubtful segments whose newest header may be lost
    Replay(Journal journal, SegmentTable segments, SegmentIo io, Collection<Segment> doubtful) {
        this.journal = journal;
        this.segments = segments;
        this.io = io;
        this.doubtful = new HashSet<>(doubtful);
    }

    /// @return the segments whose headers must be written before the journal is given up
    Set<Segment> run(JournalScan.Content content) throws IOException {
        index(content);
        long ordinal = 0;
        for (var frame : content.frames()) {
            if (frame.gapBefore()) {
                gap();
            }
            for (var record : frame.records()) {
                if (ordinal >= lastDrop.getOrDefault(record.pid(), NEVER)) {
                    redo(frame, record, ordinal);
                }
                ordinal++;
            }
        }
        if (content.gapAtEnd()) {
            gap();
        }
        unproven.forEach(
                segment -> damage(segment, "changes that it may have had are lost with a part of the journal"));
        doubtful.forEach(segment -> damage(segment, "its newest header is lost, and its journal does not reach back"));
        return touched;
    }

    /// @return the pids of segments that were made or dropped: their names are to be made durable, too
    Set<Pid> names() {
        return names;
    }

    private void index(JournalScan.Content content) {
        long ordinal = 0;
        for (var frame : content.frames()) {
            for (var record : frame.records()) {
                if (record.kind() == JournalRecord.Kind.DROP) {
                    lastDrop.put(record.pid(), ordinal);
                } else if (record.kind() == JournalRecord.Kind.DIRECT) {
                    var last = lastDirect.computeIfAbsent(record.pid(), pid -> never());
                    Arrays.fill(last, record.firstBlock(), record.endBlock(), ordinal);
                }
                ordinal++;
            }
        }
    }

    private static long[] never() {
        var none = new long[Units.BLOCKS_PER_EXTENT];
        Arrays.fill(none, NEVER);
        return none;
    }

    /// Some frames are lost, and any segment may have been in them. A later record proves a segment when it follows the
    /// one that was seen last.
    private void gap() {
        LOG.error("a part of the journal is damaged before its end: segments that cannot be proven whole are given up");
        unproven.addAll(segments.all());
    }

    private void redo(JournalScan.Frame frame, JournalRecord record, long ordinal) throws IOException {
        switch (record.kind()) {
            case DROP -> {
                names.add(record.pid());
                drop(record);
            }
            case CREATE -> {
                names.add(record.pid());
                create(record);
            }
            default -> change(frame, record, ordinal);
        }
    }

    private void drop(JournalRecord record) throws IOException {
        var segment = segments.get(record.pid());
        if (segment != null && segment.incarnation() <= record.incarnation()) {
            segment.admit(record);
            io.remove(segment);
            segments.remove(segment);
            proven(segment);
            touched.add(segment);
        }
    }

    /// With its creation, the journal has all that ever happened to it.
    private void create(JournalRecord record) throws IOException {
        lastStep.put(record.pid(), record.step());
        var segment = segments.get(record.pid());
        if (segment != null) {
            proven(segment);
        }
        if (segment != null && segment.readable() && segment.incarnation() >= record.incarnation()) {
            touched.add(segment);
            return;
        }
        var fresh = Segment.fresh(record.identity(), record.incarnation());
        fresh.admit(record);
        io.create(fresh, record);
        segments.put(fresh);
        touched.add(fresh);
    }

    private void change(JournalScan.Frame frame, JournalRecord record, long ordinal) throws IOException {
        var segment = segments.get(record.pid());
        if (segment == null || !segment.readable() || segment.incarnation() > record.incarnation()) {
            if (segment == null) {
                LOG.warn("the journal has a change of segment {}, which is not here", record.pid());
            }
            return;
        }
        if (segment.incarnation() < record.incarnation()) {
            damage(segment, "its making is lost");
            return;
        }
        prove(segment, record);
        touched.add(segment);
        if (record.step() > segment.admitted().step() + 1) {
            damage(segment, "the journal lacks changes before number " + record.step());
        }
        redoData(frame, record, segment, ordinal);
        if (record.step() > segment.admitted().step()) {
            segment.admit(record);
            segment.applied(record);
        }
    }

    private void prove(Segment segment, JournalRecord record) {
        if (record.step() <= segment.admitted().step() + 1) {
            doubtful.remove(segment);
        }
        var seen = lastStep.put(record.pid(), record.step());
        if (seen != null && record.step() == seen + 1) {
            unproven.remove(segment);
        }
    }

    private void proven(Segment segment) {
        doubtful.remove(segment);
        unproven.remove(segment);
    }

    private void redoData(JournalScan.Frame frame, JournalRecord record, Segment segment, long ordinal)
            throws IOException {
        ByteBuffer payload = null;
        if (record.kind() == JournalRecord.Kind.WRITE) {
            payload = payloadOf(frame, record);
            if (!frame.payloadIntact() && !Arrays.equals(SectorChecksums.of(payload), record.checksums())) {
                damage(segment, "its data in the journal is damaged");
                return;
            }
        }
        var direct = lastDirect.get(record.pid());
        IntPredicate skip = direct == null ? block -> false : block -> direct[block] > ordinal;
        io.applyToFile(segment, record, payload, skip);
    }

    private ByteBuffer payloadOf(JournalScan.Frame frame, JournalRecord record) throws IOException {
        var position = frame.header().position();
        var payload = ByteBuffer.allocateDirect(record.length());
        long at = position.offset() + frame.header().headerBytes() + record.payloadOffset();
        journal.file(position.file()).read(payload, at);
        return payload.flip();
    }

    private void damage(Segment segment, String why) {
        LOG.error("segment {} is damaged: {}", segment.pid(), why);
        segment.damage(why);
        touched.add(segment);
    }
}
