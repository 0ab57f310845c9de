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

/// One sync generation (EM-08): fences all listed segments, finds the good ones, stamps them with the new epoch.
///
/// **Which are good.** The floor's epoch is that of the last lease under which anything was served, since the floor is
/// recorded before the first I/O (S5). So a segment with a lower epoch is stale, and a higher epoch on a segment can
/// only be the stamp of a sync that never served: it names the same bytes as the floor's epoch with the same counter.
/// Hence, of the complete segments at or above the floor, those with the highest counter are good, whatever an
/// interrupted sync stamped.
final class SyncRound {
    enum Progress {
        WAITING,
        /// No segment that answered may be served from.
        NOTHING_GOOD,
        STAMPED
    }

    static final long ANY = -1;

    private static final class Member {
        final ChunkId chunk;
        boolean asked;
        long sentNanos;
        long retryNanos;
        SegmentState state;
        boolean stamped;
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
    private boolean stamping;
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
            long now) {
        this.servedCounter = servedCounter;
        this.number = number;
        this.lid = lid;
        this.placed = placed;
        this.epoch = epoch;
        this.limits = limits;
        this.startedNanos = now;
        placed.location().forEach(chunk -> members.add(new Member(chunk)));
    }

    Progress advance(OwnerView view, long now, List<Action> out) {
        if (!stamping) {
            boolean waiting = false;
            for (Member member : members) {
                waiting |= member.out == null && member.state == null && !fence(member, view, now, out);
            }
            if (waiting) {
                return Progress.WAITING;
            }
            if (!choose()) {
                return Progress.NOTHING_GOOD;
            }
            stamping = true;
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

    private boolean choose() {
        long highest = -1;
        for (Member member : members) {
            if (member.out == null) {
                member.out = whyUnfit(member.state);
            }
            if (member.out == null) {
                highest = Math.max(highest, member.state.generation().counter());
            }
        }
        chosenCounter = highest;
        for (Member member : members) {
            if (member.out == null && member.state.generation().counter() < highest) {
                member.out = "is behind at " + member.state.generation();
            }
            member.asked = false;
            member.sentNanos = 0;
            member.retryNanos = 0;
        }
        return highest >= 0;
    }

    private String whyUnfit(SegmentState state) {
        if (!state.complete()) {
            return "is incomplete";
        }
        Generation has = state.generation();
        Generation floor = placed.floor();
        boolean stale = has.epoch().compareTo(floor.epoch()) < 0 || has.counter() < floor.counter();
        if (stale) {
            return "is stale at " + has;
        }
        return servedCounter != ANY && has.counter() != servedCounter ? "is at " + has + ", not what was served" : null;
    }

    /// @return the higher epoch that has been there: the lease is over; null while it is not
    LeaseEpoch fenceAnswered(ChunkId chunk, FenceResult result, long now) {
        Member member = waiting(chunk);
        if (member == null || stamping) {
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

    /// @return as [#fenceAnswered]
    LeaseEpoch stampAnswered(ChunkId chunk, WriteResult result, long now) {
        Member member = waiting(chunk);
        if (member == null || !stamping) {
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
        return stamping;
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
