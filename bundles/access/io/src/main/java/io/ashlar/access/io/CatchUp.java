package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.SectorChecksums;
import io.ashlar.base.StorageException;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Brings one segment that lags up to the good ones, during a sync (the delta of S1): asks a good segment what came
/// after the laggard's pair, reads that from it, and has the laggard take it in one step. Another good segment is tried
/// when one does not know the pair or fails.
///
/// **Why it is right.** A pair names the same bytes on whatever segment ever had it (I2), so what the good segment
/// changed since is all that the laggard lacks. The pair must be that one exactly, epoch included: equal counters under
/// different epochs may be different writes. All chunks concerned bear the fence of this sync, so nobody else writes
/// meanwhile; since a late read may overtake a new fence, the lease is proven once more after the reads (S7) and before
/// anything is sent to the laggard.
final class CatchUp {
    private static final int READS_AT_ONCE = 8;
    /// Of one request, while its chunk says that it may come right.
    private static final int RETRIES = 100;

    private enum Step {
        HISTORY,
        MEMORY,
        READ,
        PROOF,
        ADVANCE,
        OVER
    }

    /// A good segment.
    record Source(ChunkId chunk, Generation generation) {}

    /// What the catch-ups of one sync have in common.
    record Scene(int round, Pid pid, LeaseEpoch epoch, OwnerLimits limits, Buffers buffers, CopyBudget budget) {}

    final ChunkId laggard;
    private final Scene scene;
    private final Generation has;
    private final ArrayDeque<Source> sources;

    private Step step = Step.HISTORY;
    private long untilNanos;
    private Source source;
    /// Names the source's turn: answers to an earlier one are dropped.
    private int attempt;
    private boolean asked;
    private long sentNanos;
    private long retryNanos;
    private int retries;

    private List<SegmentPatch> patches = List.of();
    private final List<SegmentPatch> dataPatches = new ArrayList<>();
    private int dataBytes;
    private boolean budgeted;
    private Payload data;
    private int[] checksums;
    private final ArrayDeque<Integer> unread = new ArrayDeque<>();
    private int reading;

    private Generation reached;
    private String why = "nobody is ahead of it";

    /// @param has the laggard's exact pair, told under this sync's fence
    CatchUp(Scene scene, ChunkId laggard, Generation has, Collection<Source> good, long now) {
        this.scene = scene;
        this.laggard = laggard;
        this.has = has;
        this.sources = new ArrayDeque<>();
        for (Source one : good) {
            // generations only grow: whoever is below the pair has never had it
            if (one.generation().compareTo(has) > 0) {
                sources.add(one);
            }
        }
        this.untilNanos = now + scene.limits().catchUpNanos();
        nextSource(why);
    }

    /// @return whether it has ended, well or not
    boolean advance(OwnerView view, boolean leaseProven, long now, List<Action> out) {
        if (step != Step.OVER && now >= untilNanos) {
            fail("could not be brought up in time: " + why);
        }
        Step before;
        do {
            before = step;
            switch (step) {
                case HISTORY -> askHistory(view, now, out);
                case MEMORY -> takeMemory(now);
                case READ -> read(view, now, out);
                case PROOF -> step = leaseProven ? Step.ADVANCE : Step.PROOF;
                case ADVANCE -> sendAdvance(view, now, out);
                case OVER -> {
                    // nothing is left to do
                }
            }
        } while (step != before);
        return step == Step.OVER;
    }

    /// @return the generation that the laggard has now; null when it was not brought up
    Generation reached() {
        return reached;
    }

    String source() {
        return source.chunk().toString();
    }

    int ranges() {
        return patches.size();
    }

    String why() {
        return why;
    }

    /// Drops what it holds; must be called in the end, however that came.
    void release() {
        step = Step.OVER;
        attempt++;
        dropData();
    }

    // ---- what there is to do --------------------------------------------------------------------------------------

    private void askHistory(OwnerView view, long now, List<Action> out) {
        if (view.presence(source.chunk()) != OwnerView.Presence.PRESENT) {
            nextSource(source.chunk() + " is away");
        } else if (asked && now - sentNanos >= scene.limits().fenceNanos()) {
            nextSource(source.chunk() + " does not answer");
        } else if (!asked && now >= retryNanos) {
            sent(now);
            out.add(new Action.AskHistory(
                    scene.round(), laggard, attempt, source.chunk(), scene.pid(), scene.epoch(), has));
        }
    }

    private void takeMemory(long now) {
        if (dataBytes == 0) {
            step = Step.PROOF;
        } else if (scene.budget().take(dataBytes)) {
            budgeted = true;
            data = scene.buffers().take(dataBytes);
            untilNanos = now + scene.limits().catchUpNanos(); // the wait for memory was not its fault
            sentNanos = now;
            step = Step.READ;
        }
    }

    private void read(OwnerView view, long now, List<Action> out) {
        if (view.presence(source.chunk()) != OwnerView.Presence.PRESENT) {
            nextSource(source.chunk() + " went away");
            return;
        }
        if (reading > 0 && now - sentNanos >= scene.limits().readNanos()) {
            nextSource(source.chunk() + " does not answer");
            return;
        }
        while (reading < READS_AT_ONCE && !unread.isEmpty() && now >= retryNanos) {
            int index = unread.poll();
            var patch = dataPatches.get(index);
            reading++;
            sentNanos = now;
            out.add(new Action.ReadPatch(
                    scene.round(),
                    laggard,
                    attempt,
                    index,
                    source.chunk(),
                    scene.pid(),
                    scene.epoch(),
                    patch.offsetBytes(),
                    Slice.of(data.retain(), offsetInData(index), patch.lengthBytes())));
        }
    }

    private int offsetInData(int index) {
        int at = 0;
        for (int i = 0; i < index; i++) {
            at += dataPatches.get(i).lengthBytes();
        }
        return at;
    }

    private void sendAdvance(OwnerView view, long now, List<Action> out) {
        if (asked && now - sentNanos >= scene.limits().writeNanos()) {
            fail("does not answer");
        } else if (!asked && now >= retryNanos) {
            if (view.presence(laggard) != OwnerView.Presence.PRESENT) {
                fail("went away");
                return;
            }
            sent(now);
            var advance = new SegmentAdvance(scene.pid(), scene.epoch(), has, source.generation(), patches);
            out.add(new Action.SendAdvance(
                    scene.round(), laggard, attempt, advance, data == null ? null : data.retain(), checksums));
        }
    }

    private void sent(long now) {
        asked = true;
        sentNanos = now;
    }

    // ---- answers --------------------------------------------------------------------------------------------------

    /// @return the higher epoch that has been there: the lease is over; null while it is not
    LeaseEpoch historyAnswered(int which, HistoryResult result, long now) {
        if (which != attempt || step != Step.HISTORY) {
            return null;
        }
        asked = false;
        switch (result) {
            case HistoryResult.Changes changes -> learned(changes);
            case HistoryResult.Unknown() -> nextSource("its last write is not remembered by " + source.chunk());
            case HistoryResult.Fenced(var highest) -> {
                return highest;
            }
            case HistoryResult.Missing() -> nextSource(source.chunk() + " has lost the segment");
            case HistoryResult.Failed(var cause) -> {
                if (!mayRetry(cause, now)) {
                    nextSource(source.chunk() + " failed: " + cause.getMessage());
                }
            }
        }
        return null;
    }

    private void learned(HistoryResult.Changes changes) {
        if (changes.patches().size() > SegmentAdvance.MAX_PATCHES
                || changes.dataBytes() > SegmentAdvance.MAX_DATA_BYTES) {
            nextSource("it lacks too much: " + changes.patches().size() + " ranges, " + changes.dataBytes() + " bytes");
            return;
        }
        patches = changes.patches();
        for (SegmentPatch patch : patches) {
            if (patch.kind() == SegmentWrite.Kind.DATA) {
                unread.add(dataPatches.size());
                dataPatches.add(patch);
            }
        }
        dataBytes = (int) changes.dataBytes();
        step = Step.MEMORY;
    }

    /// @return as [#historyAnswered]
    LeaseEpoch patchAnswered(int which, int index, ReadResult result, long now) {
        if (which != attempt || step != Step.READ) {
            return null;
        }
        reading--;
        sentNanos = now;
        switch (result) {
            case ReadResult.Done() -> {
                if (unread.isEmpty() && reading == 0) {
                    checksums = SectorChecksums.of(data.bytes());
                    step = Step.PROOF;
                }
            }
            case ReadResult.Busy() -> {
                unread.add(index);
                retryNanos = now + scene.limits().pauseNanos();
            }
            case ReadResult.Fenced(var highest) -> {
                return highest;
            }
            case ReadResult.Damaged(var offset) -> nextSource(source.chunk() + " is damaged at " + offset);
            case ReadResult.Missing() -> nextSource(source.chunk() + " has lost the segment");
            case ReadResult.Failed(var cause) -> nextSource(source.chunk() + " failed: " + cause.getMessage());
        }
        return null;
    }

    /// @return as [#historyAnswered]
    LeaseEpoch advanceAnswered(int which, WriteResult result, long now) {
        if (which != attempt || step != Step.ADVANCE) {
            return null;
        }
        asked = false;
        switch (result) {
            case WriteResult.Applied applied -> arrived();
            case WriteResult.Fenced(var highest) -> {
                return highest;
            }
            case WriteResult.OutOfOrder(var current) -> {
                if (current.equals(source.generation())) {
                    arrived(); // an attempt whose answer was lost
                } else {
                    fail("is at " + current + " all of a sudden");
                }
            }
            case WriteResult.NoSpace noSpace -> fail("has no room for what it lacks");
            case WriteResult.Busy() -> retryNanos = now + scene.limits().pauseNanos();
            case WriteResult.Missing() -> fail("has lost the segment");
            case WriteResult.Failed(var cause) -> {
                if (!mayRetry(cause, now)) {
                    fail("failed: " + cause.getMessage());
                }
            }
        }
        return null;
    }

    private boolean mayRetry(StorageException cause, long now) {
        why = cause.getMessage();
        retryNanos = now + scene.limits().pauseNanos();
        return cause.advice() == StorageException.Advice.RETRY && ++retries <= RETRIES;
    }

    // ---- ends -----------------------------------------------------------------------------------------------------

    private void arrived() {
        reached = source.generation();
        step = Step.OVER;
        dropData();
    }

    private void nextSource(String trouble) {
        why = trouble;
        attempt++;
        asked = false;
        retryNanos = Long.MIN_VALUE;
        retries = 0;
        reading = 0;
        unread.clear();
        dataPatches.clear();
        patches = List.of();
        dropData();
        if (sources.isEmpty()) {
            step = Step.OVER;
        } else {
            source = sources.poll();
            step = Step.HISTORY;
        }
    }

    private void fail(String trouble) {
        why = trouble;
        attempt++;
        step = Step.OVER;
        dropData();
    }

    private void dropData() {
        if (data != null) {
            data.release();
            data = null;
        }
        if (budgeted) {
            scene.budget().giveBack(dataBytes);
            budgeted = false;
        }
        checksums = null;
    }
}
