package io.ashlar.store.local;

import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentState;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// One segment of the chunk in memory: what was admitted to the journal, and what of it is applied to its file.
///
/// **Thread:** what is admitted belongs to the log thread; what is applied is guarded by `this`; the rest is immutable
/// or volatile.
final class Segment {
    private final SegmentIdentity identity;
    private final long incarnation;
    private final String fileName;
    private final boolean readable;
    private final SegmentProgress admitted;
    private final SegmentProgress applied;
    private SegmentHistory history = SegmentHistory.startingAt(0, 0);
    private long headerVersion;
    private long lastClearingStep;
    private boolean tidy;
    private boolean nameDurable;
    private volatile String damage;
    private volatile long admittedFence;
    private volatile boolean present;
    private volatile boolean dropped;
    private volatile boolean gone;

    private Segment(
            SegmentIdentity identity, long incarnation, SegmentProgress progress, boolean readable, String damage) {
        this.identity = identity;
        this.incarnation = incarnation;
        this.fileName = SegmentLayout.fileOf(identity.pid());
        this.readable = readable;
        this.admitted = progress;
        this.applied = progress.copy();
        this.damage = damage;
        this.admittedFence = progress.fence();
    }

    /// One that is to be made by a record; [#present()] once that is applied.
    static Segment fresh(SegmentIdentity identity, long incarnation) {
        var segment = new Segment(identity, incarnation, new SegmentProgress(), true, "");
        segment.tidy = true;
        return segment;
    }

    static Segment loaded(SegmentHeader header) {
        var segment = new Segment(
                header.identity(),
                header.incarnation(),
                header.progress(),
                true,
                header.complete() ? "" : header.damage());
        segment.headerVersion = header.version();
        segment.history = header.history();
        segment.nameDurable = true;
        segment.present = true;
        return segment;
    }

    /// One whose file has no header that can be trusted: nothing is known but that it was here.
    static Segment unreadable(Pid pid) {
        var nobody = new SegmentIdentity(pid, null, 0, 0, false);
        var segment = new Segment(nobody, 0, new SegmentProgress(), false, "both headers of its file are damaged");
        segment.present = true;
        return segment;
    }

    Pid pid() {
        return identity.pid();
    }

    long incarnation() {
        return incarnation;
    }

    String fileName() {
        return fileName;
    }

    /// @return false when its headers are lost: they are left as they are, for an expert's eyes
    boolean readable() {
        return readable;
    }

    /// For the log thread alone.
    SegmentProgress admitted() {
        return admitted;
    }

    void admit(JournalRecord record) {
        admitted.apply(record);
        admittedFence = admitted.fence();
        if (record.kind() == JournalRecord.Kind.DISCARD || record.kind() == JournalRecord.Kind.ZERO) {
            lastClearingStep = record.step();
        }
        if (record.kind() == JournalRecord.Kind.DROP) {
            dropped = true;
        }
    }

    /// For the log thread alone.
    ///
    /// @return the step of the last admitted record that will make something in the file zero
    long lastClearingStep() {
        return lastClearingStep;
    }

    /// For the log thread alone.
    ///
    /// @return whether blocks that are not allocated are known to be holes
    boolean tidy() {
        return tidy;
    }

    void tidied() {
        tidy = true;
    }

    /// For the log thread alone.
    ///
    /// @return false while its file is new and its name may be lost
    boolean nameDurable() {
        return nameDurable;
    }

    void nameIsDurable() {
        nameDurable = true;
    }

    /// @return what to answer to a fence whose records were all admitted
    SegmentState admittedState() {
        return new SegmentState(admitted.generation(), damage.isEmpty());
    }

    void applied(JournalRecord record) {
        applied(List.of(record));
    }

    /// Takes in records whose effect on the file is done, all at once: no header is written that has only some of them.
    synchronized void applied(List<JournalRecord> records) {
        for (var record : records) {
            applied.apply(record);
            history.apply(record);
            if (record.kind() == JournalRecord.Kind.CREATE) {
                present = true;
            }
        }
    }

    /// @return what makes a segment of that generation equal to this one, or empty when it is not remembered
    Optional<List<SegmentPatch>> patchesSince(Generation since) {
        var blocks = new BlockMap();
        Optional<List<SegmentPatch>> changes;
        synchronized (this) {
            changes = history.changesSince(since);
            blocks.copyFrom(applied.blocks());
        }
        return changes.map(known -> PatchPainter.patches(known, blocks));
    }

    synchronized long appliedStep() {
        return applied.step();
    }

    synchronized SegmentProgress appliedCopy() {
        return applied.copy();
    }

    synchronized BitSet allocated() {
        return applied.blocks().toBitSet();
    }

    /// @return the end of the run of blocks that are like `first`, negative when they are not allocated
    synchronized int appliedRun(int first, int end) {
        int runEnd = applied.blocks().runEnd(first, end);
        return applied.blocks().get(first) ? runEnd : -runEnd;
    }

    /// @return the header to be written now, of the next version
    synchronized SegmentHeader nextHeader(UUID store, long checkpoint) {
        headerVersion++;
        return new SegmentHeader(
                store,
                headerVersion,
                identity,
                incarnation,
                damage.isEmpty(),
                damage,
                checkpoint,
                applied.copy(),
                history);
    }

    /// @return the fence if it is above `epoch`, else null. Counts what is admitted: sooner is safer
    LeaseEpoch fencedAbove(LeaseEpoch epoch) {
        long fence = admittedFence;
        return epoch.value() < fence ? new LeaseEpoch(fence) : null;
    }

    /// @return whether its file is there: made, and not dropped
    boolean present() {
        return present && !dropped;
    }

    /// @return whether its drop was admitted; its file may still be there, and is needed until the drop is durable
    boolean dropped() {
        return dropped;
    }

    /// Tells that its file goes now: whoever has it open may go on, nobody may open it again.
    void goes() {
        gone = true;
    }

    boolean gone() {
        return gone;
    }

    boolean damaged() {
        return !damage.isEmpty();
    }

    void damage(String why) {
        if (damage.isEmpty()) {
            damage = why;
        }
    }

    StorageException damageCause() {
        return new StorageException.DataLost("segment " + pid() + ": " + damage);
    }
}
