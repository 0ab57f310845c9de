package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.StorageException;
import io.ashlar.extent.PlacedExtent;
import io.ashlar.store.FenceResult;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentState;
import io.ashlar.store.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// One sync generation (EM-08): fences all listed segments, finds the good ones, brings the others up to them, stamps
/// all with the new epoch.
///
/// **Which are good.** The floor's epoch is that of the last lease under which anything was served, since the floor is
/// recorded before the first I/O (S5). So a segment with a lower epoch is stale, and a higher epoch on a segment can
/// only be the stamp of a sync that never served: it names the same bytes as the floor's epoch with the same counter.
/// Hence, of the complete segments at or above the floor, those with the highest counter are good, whatever an
/// interrupted sync stamped.
///
/// **Which are brought up.** Every other complete one whose exact pair a good segment remembers to have had, whatever
/// the floor says. The floor bars a stale segment from being *chosen*, since it may lack acknowledged writes, or have
/// some that nobody else has; but a pair that a good segment once had names the same bytes there and here (I2), so it
/// is a beginning of the good segment's story, and lacks what came after and nothing else. So a chunk that was away
/// during a sync for reads comes back in step. One that has a write of its own (W11 in S1's story) has a pair that no
/// good segment ever had: it stays out. Only listed segments are asked at all; a removed one never returns this way
/// (S18).
final class SyncRound {
    enum Progress {
        WAITING,
        /// No segment that answered may be served from.
        NOTHING_GOOD,
        STAMPED
    }

    private enum Step {
        FENCING,
        CATCHING_UP,
        STAMPING
    }

    static final long ANY = -1;

    private static final class Member {
        final ChunkId chunk;
        boolean asked;
        long sentNanos;
        long retryNanos;
        SegmentState state;
        boolean stamped;
        /// Why it is not good as it is; null when it is.
        String behind;
        CatchUp catchUp;
        /// Why it is out; null while it is in.
        String out;

        Member(ChunkId chunk) {
            this.chunk = chunk;
        }
    }

    final int number;
    private final Lid lid;
    private final PlacedExtent placed;
    private final LeaseEpoch epoch;
    private final OwnerLimits limits;
    private final long startedNanos;
    private final long servedCounter;
    private final List<Member> members = new ArrayList<>();
    private final CatchUp.Scene scene;
    private Step step = Step.FENCING;
    private long chosenCounter;

    /// @param placed with the floor that was recorded before this epoch served anything
    /// @param servedCounter the counter that this epoch has served reads at already: nothing else may be chosen any
    ///     more; or [#ANY]
    SyncRound(
            int number,
            Lid lid,
            PlacedExtent placed,
            LeaseEpoch epoch,
            long servedCounter,
            OwnerLimits limits,
            Buffers buffers,
            CopyBudget budget,
            long now) {
        this.servedCounter = servedCounter;
        this.number = number;
        this.lid = lid;
        this.placed = placed;
        this.epoch = epoch;
        this.limits = limits;
        this.startedNanos = now;
        this.scene = new CatchUp.Scene(number, placed.pid(), epoch, limits, buffers, budget);
        placed.location().forEach(chunk -> members.add(new Member(chunk)));
    }

    /// @param leaseProven by the clock, now (S7)
    Progress advance(OwnerView view, boolean leaseProven, long now, List<Action> out) {
        if (step == Step.FENCING) {
            if (!fenced(view, now, out)) {
                return Progress.WAITING;
            }
            if (!choose(now)) {
                return Progress.NOTHING_GOOD;
            }
            step = Step.CATCHING_UP;
        }
        if (step == Step.CATCHING_UP) {
            if (!caughtUp(view, leaseProven, now, out)) {
                return Progress.WAITING;
            }
            step = Step.STAMPING;
        }
        boolean waiting = false;
        for (Member member : members) {
            waiting |= member.out == null && !member.stamped && !stamp(member, now, out);
        }
        if (waiting) {
            return Progress.WAITING;
        }
        return good().isEmpty() ? Progress.NOTHING_GOOD : Progress.STAMPED;
    }

    private boolean fenced(OwnerView view, long now, List<Action> out) {
        boolean waiting = false;
        for (Member member : members) {
            waiting |= member.out == null && member.state == null && !fence(member, view, now, out);
        }
        return !waiting;
    }

    /// @return whether the member needs no more waiting
    private boolean fence(Member member, OwnerView view, long now, List<Action> out) {
        if (member.asked) {
            return timedOut(member, now);
        }
        switch (view.presence(member.chunk)) {
            case PRESENT -> {
                if (now >= member.retryNanos) {
                    ask(member, now);
                    var identity = new SegmentIdentity(placed.pid(), lid, placed.volumeId(), 0, !placed.synced());
                    out.add(new Action.SendFence(number, member.chunk, identity, epoch));
                }
            }
            case AWAITED -> {
                if (now - startedNanos >= limits.awaitNanos()) {
                    member.out = "did not come back";
                }
            }
            case GONE -> member.out = "is stopped";
        }
        return member.out != null;
    }

    private boolean stamp(Member member, long now, List<Action> out) {
        if (member.asked) {
            return timedOut(member, now);
        }
        if (now >= member.retryNanos) {
            ask(member, now);
            out.add(new Action.SendStamp(number, member.chunk, placed.pid(), epoch, member.state.generation()));
        }
        return false;
    }

    private void ask(Member member, long now) {
        member.asked = true;
        if (member.sentNanos == 0) {
            member.sentNanos = now;
        }
    }

    private boolean timedOut(Member member, long now) {
        if (now - member.sentNanos >= limits.fenceNanos()) {
            member.out = "does not answer";
        }
        return member.out != null;
    }

    /// @return whether any is good
    private boolean choose(long now) {
        chosenCounter = -1;
        for (Member member : members) {
            if (member.out == null && !member.state.complete()) {
                member.out = "is incomplete";
            }
            if (member.out == null) {
                Generation has = member.state.generation();
                member.behind = whyUnfit(has);
                chosenCounter = Math.max(chosenCounter, member.behind == null ? has.counter() : -1);
            }
            member.asked = false;
            member.sentNanos = 0;
            member.retryNanos = 0;
        }
        var good = new ArrayList<CatchUp.Source>();
        for (Member member : members) {
            if (member.out == null && member.behind == null) {
                Generation has = member.state.generation();
                if (has.counter() < chosenCounter) {
                    member.behind = "is behind at " + has;
                } else {
                    good.add(new CatchUp.Source(member.chunk, has));
                }
            }
        }
        for (Member member : members) {
            if (member.behind != null && good.isEmpty()) {
                member.out = member.behind;
            } else if (member.behind != null) {
                member.catchUp = new CatchUp(scene, member.chunk, member.state.generation(), good, now);
            }
        }
        return !good.isEmpty();
    }

    private String whyUnfit(Generation has) {
        Generation floor = placed.floor();
        boolean stale = has.epoch().compareTo(floor.epoch()) < 0 || has.counter() < floor.counter();
        if (stale) {
            return "is stale at " + has;
        }
        return servedCounter != ANY && has.counter() != servedCounter ? "is at " + has + ", not what was served" : null;
    }

    // ---- those that lag -------------------------------------------------------------------------------------------

    /// @return whether each laggard has been brought up or is out
    private boolean caughtUp(OwnerView view, boolean leaseProven, long now, List<Action> out) {
        boolean all = true;
        for (Member member : members) {
            if (member.catchUp != null) {
                if (member.catchUp.advance(view, leaseProven, now, out)) {
                    ended(member, out);
                } else {
                    all = false;
                }
            }
        }
        return all;
    }

    private void ended(Member member, List<Action> out) {
        CatchUp end = member.catchUp;
        member.catchUp = null;
        end.release();
        Generation reached = end.reached();
        if (reached == null) {
            member.out = member.behind + " (" + end.why() + ")";
            return;
        }
        out.add(new Action.Note("extent " + lid + ": brought " + member.chunk + " up from "
                + member.state.generation() + " to " + reached + " with " + end.ranges() + " ranges of "
                + end.source()));
        member.state = new SegmentState(reached, true);
    }

    private CatchUp catchUp(ChunkId laggard) {
        for (Member member : members) {
            if (member.chunk.equals(laggard)) {
                return member.catchUp;
            }
        }
        return null;
    }

    /// Drops what it holds; whatever is answered from now on is too late.
    void release() {
        for (Member member : members) {
            if (member.catchUp != null) {
                member.catchUp.release();
                member.catchUp = null;
            }
        }
    }

    // ---- answers --------------------------------------------------------------------------------------------------

    /// @return the higher epoch that has been there: the lease is over; null while it is not
    LeaseEpoch answered(Event.OfSync event, long now) {
        return switch (event) {
            case Event.FenceAnswered(var round, var chunk, var result) -> fenceAnswered(chunk, result, now);
            case Event.StampAnswered(var round, var chunk, var result) -> stampAnswered(chunk, result, now);
            case Event.HistoryAnswered answer -> {
                CatchUp catchUp = catchUp(answer.laggard());
                yield catchUp == null ? null : catchUp.historyAnswered(answer.attempt(), answer.result(), now);
            }
            case Event.PatchAnswered answer -> {
                CatchUp catchUp = catchUp(answer.laggard());
                yield catchUp == null
                        ? null
                        : catchUp.patchAnswered(answer.attempt(), answer.index(), answer.result(), now);
            }
            case Event.AdvanceAnswered answer -> {
                CatchUp catchUp = catchUp(answer.laggard());
                yield catchUp == null ? null : catchUp.advanceAnswered(answer.attempt(), answer.result(), now);
            }
        };
    }

    private LeaseEpoch fenceAnswered(ChunkId chunk, FenceResult result, long now) {
        Member member = waiting(chunk);
        if (member == null || step != Step.FENCING) {
            return null;
        }
        switch (result) {
            case FenceResult.Fenced(var state) -> member.state = state;
            case FenceResult.Refused(var highest) -> {
                return highest;
            }
            case FenceResult.Missing() -> member.out = "has lost the segment";
            case FenceResult.Failed(var cause) -> failed(member, cause, now);
        }
        return null;
    }

    private LeaseEpoch stampAnswered(ChunkId chunk, WriteResult result, long now) {
        Member member = waiting(chunk);
        if (member == null || step != Step.STAMPING) {
            return null;
        }
        switch (result) {
            case WriteResult.Applied applied -> member.stamped = true;
            case WriteResult.Fenced(var highest) -> {
                return highest;
            }
            case WriteResult.Busy() -> again(member, now);
            case WriteResult.Failed(var cause) -> failed(member, cause, now);
            case WriteResult.OutOfOrder(var current) -> member.out = "is at " + current + " all of a sudden";
            case WriteResult.NoSpace noSpace -> member.out = "has no room for a stamp";
            case WriteResult.Missing() -> member.out = "has lost the segment";
        }
        return null;
    }

    private void failed(Member member, StorageException cause, long now) {
        if (cause.advice() == StorageException.Advice.RETRY) {
            again(member, now);
        } else {
            member.out = cause.getMessage();
        }
    }

    private void again(Member member, long now) {
        member.asked = false;
        member.retryNanos = now + limits.pauseNanos();
        timedOut(member, now);
    }

    private Member waiting(ChunkId chunk) {
        for (Member member : members) {
            if (member.chunk.equals(chunk) && member.out == null && member.asked) {
                return member;
            }
        }
        return null;
    }

    /// @return whether segments may bear the epoch now: it must not be used for another choice (I2)
    boolean usedUp() {
        return step == Step.STAMPING;
    }

    Set<ChunkId> good() {
        var good = new TreeSet<ChunkId>();
        for (Member member : members) {
            if (member.out == null && member.stamped) {
                good.add(member.chunk);
            }
        }
        return good;
    }

    /// @return the generation that all of [#good] have
    Generation chosen() {
        return new Generation(epoch, chosenCounter);
    }

    /// @return each segment that is not good, and why
    String whoIsOut() {
        var text = new StringBuilder();
        for (Member member : members) {
            if (member.out != null) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(member.chunk)
                        .append(' ')
                        .append(member.out);
            }
        }
        return text.toString();
    }

    /// @return why there is nothing to serve from (EM-09)
    String whyNothing() {
        boolean anyStale = members.stream()
                .anyMatch(member -> member.out != null
                        && (member.out.startsWith("is stale") || member.out.startsWith("is incomplete")));
        return (anyStale ? "only stale replicas are alive: " : "no replica answers: ") + whoIsOut();
    }
}
