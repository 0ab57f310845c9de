package io.ashlar.access.io;

import io.ashlar.access.IoFailure;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.PlacedExtent;
import java.util.List;
import java.util.Set;

/// One extent as its lease owner sees it: a state machine without I/O, clock or threads. Events go in, actions come
/// out; whoever runs it carries the actions out, in order, and brings the answers back as events.
///
/// `IDLE -> ASKING` (for the lease) `-> SYNCING` (fence, choose, stamp) `-> RECORDING` (the sync, S5) `-> SERVING`; any
/// doubt about the segments leads from SERVING to IDLE and through a new epoch and a new sync (S4), a lost lease the
/// same way. An extent that has never been written is BLANK: it reads as zeros under the lease alone.
final class ExtentOwner implements Serving.Host, Requests.Host {
    enum Phase {
        IDLE,
        ASKING,
        SYNCING,
        RECORDING,
        SERVING,
        BLANK
    }

    private static final long NEVER = Long.MIN_VALUE;

    private final Lid lid;
    private final OwnerView view;
    private final OwnerLimits limits;
    private final Buffers buffers;
    private final CopyBudget budget;
    private final Requests requests;
    private final UnknownOutcomes unresolved;
    private final Removal removal = new Removal();
    private final Backoff backoff;
    private final Lease lease;

    private long now;
    private List<Action> out;
    private Phase phase = Phase.IDLE;
    private String trouble = "";
    /// Since when a place is asked for in vain, and when that was last refused.
    private long roomWantedNanos = NEVER;

    private long roomRefusedNanos;

    private int tickets;
    private int ticket;
    private long askedNanos;
    private PlacedExtent placed;

    private int rounds;
    private SyncRound sync;
    private long servedCounter;
    private Serving serving;

    /// @param mustExceed an epoch under which writes may be on their way that this owner knows nothing of
    ExtentOwner(
            Lid lid, LeaseEpoch mustExceed, OwnerView view, OwnerLimits limits, Buffers buffers, CopyBudget budget) {
        this.lease = new Lease(mustExceed);
        this.lid = lid;
        this.view = view;
        this.limits = limits;
        this.buffers = buffers;
        this.budget = budget;
        this.requests = new Requests(lid, limits, this);
        this.unresolved = new UnknownOutcomes(lid, requests);
        this.backoff = new Backoff(limits);
    }

    /// @param now of the same clock as the lease's deadline; read after whatever the event tells has happened
    /// @param out takes what is to be done, in order
    void apply(Event event, long now, List<Action> out) {
        this.now = now;
        this.out = out;
        handle(event);
        Phase before;
        do {
            before = phase;
            step();
        } while (phase != before);
    }

    Phase phase() {
        return phase;
    }

    LeaseEpoch epoch() {
        return lease.epoch();
    }

    LeaseEpoch highestEpoch() {
        return lease.highest();
    }

    /// @return whether it wants to be told the time every few milliseconds
    boolean active() {
        return !requests.isEmpty() || phase == Phase.ASKING || phase == Phase.SYNCING || phase == Phase.RECORDING;
    }

    /// @return whether nothing is lost when it is forgotten
    boolean forgettable() {
        return requests.isEmpty() && phase == Phase.IDLE;
    }

    boolean idleSince(long nanos) {
        return requests.idleSince(nanos);
    }

    private void handle(Event event) {
        switch (event) {
            case Event.Submitted(var op) -> requests.submitted(op);
            case Event.WriteAnswered(var op, var under, var lane, var result) -> {
                if (serving != null) {
                    serving.writeAnswered(op, under, lane, result);
                }
            }
            case Event.FetchAnswered(var fetch, var attempt, var result, var bytes) -> {
                if (serving != null) {
                    serving.fetchAnswered(fetch, attempt, result, bytes);
                } else {
                    bytes.release();
                }
            }
            case Event.BlocksAnswered(var op, var under, var lane, var result) -> {
                if (serving != null) {
                    serving.blocksAnswered(op, under, lane, result);
                }
            }
            case Event.DigestAnswered(var op, var under, var chunk, var result) -> {
                if (serving != null) {
                    serving.digestAnswered(op, under, chunk, result);
                }
            }
            case Event.Tick tick -> tick();
            case Event.OfSync answer -> {
                if (sync != null && sync.number == answer.round()) {
                    leaseOverIf(sync.answered(answer, now));
                }
            }
            case Event.LeaseAnswered(var which, var under, var result) -> {
                if (which == ticket && phase == Phase.ASKING) {
                    leaseAnswered(under, result);
                }
            }
            case Event.ChangeAnswered(var which, var result) -> changeAnswered(which, result);
            case Event.CallFailed(var which, var why) -> callFailed(which, why);
            case Event.SessionOver(var number) -> {
                if (lease.session() == number && lease.held()) {
                    leaseOver(LeaseEpoch.NONE);
                }
            }
            case Event.GiveUpLease giveUp -> giveUpLease();
            case Event.Abort(var why) -> abort(why);
        }
    }

    private void step() {
        switch (phase) {
            case IDLE -> {
                if (!requests.isEmpty() && backoff.due(now) && view.session() != 0) {
                    ask();
                }
            }
            case SYNCING -> advanceSync();
            case BLANK -> serveBlank();
            case SERVING -> serve();
            case ASKING, RECORDING -> {
                // the manager's answer, or the lack of it, goes on
            }
        }
    }

    // ---- requests
    // ------------------------------------------------------------------------------------------------------

    private void serve() {
        if (!leaseProven()) {
            return;
        }
        for (Op op = requests.pollReady(); op != null; op = requests.pollReady()) {
            if (serving.readOnly() && (op.writes() || triesToBringUp(op))) {
                stopServing();
                startSync(servedCounter);
                return;
            }
            serving.start(op);
            if (phase != Phase.SERVING) {
                return;
            }
        }
    }

    /// A comparison is worth one more try to get all segments into step, since the last sync may have found one away.
    private static boolean triesToBringUp(Op op) {
        boolean first = op.kind == Op.Kind.DIGEST && !op.broughtUp;
        op.broughtUp |= first;
        return first;
    }

    /// Answers what needs no segments; for the first write, gets them.
    private void serveBlank() {
        if (!leaseProven() || !requests.answerBlank(buffers)) {
            return;
        }
        if (placed != null) {
            startSync(SyncRound.ANY);
        } else if (backoff.due(now)) {
            ask();
        }
    }

    private void tick() {
        requests.giveUpOverdue(trouble);
        if ((phase == Phase.ASKING || phase == Phase.RECORDING) && now - askedNanos >= limits.callNanos()) {
            callFailed(ticket, "the extent manager does not answer");
        }
        if (phase == Phase.SERVING && leaseProven()) {
            serving.tick();
            requests.forEach(op -> {
                if (op.state == Op.State.FETCHING && serving != null) {
                    serving.tick(op);
                }
            });
            tickRemoval();
        }
    }

    private void abort(String why) {
        stopServing();
        phase = Phase.IDLE;
        requests.abort(why);
        unresolved.forget();
    }

    private void giveUpLease() {
        if (requests.isEmpty() && (phase == Phase.SERVING || phase == Phase.BLANK)) {
            out.add(new Action.GiveBack(lease.epoch()));
            stopServing();
            // the message may be late: should the same lease be granted again, it would end unnoticed
            lease.lost(LeaseEpoch.NONE);
            placed = null;
            phase = Phase.IDLE;
        }
    }

    // ---- the lease ------------------------------------------------------------------------------------------------

    private void ask() {
        phase = Phase.ASKING;
        ticket = ++tickets;
        askedNanos = now;
        out.add(lease.ask(ticket, requests.any(Op::needsPlace)));
    }

    private void leaseAnswered(long under, LeaseResult result) {
        lease.asked();
        switch (result) {
            case LeaseResult.Granted granted -> granted(under, granted);
            case LeaseResult.Held(var node, var retryMillis) -> {
                trouble = "it is in use" + (node.isEmpty() ? "" : " by node " + node);
                loseLease(LeaseEpoch.NONE);
                backOff();
            }
            case LeaseResult.NoSpace(var why) -> noRoom(why);
            case LeaseResult.SessionOver() -> {
                out.add(new Action.DoubtSession(under));
                loseLease(LeaseEpoch.NONE);
                backOff();
            }
            case LeaseResult.Unknown() -> {
                loseLease(LeaseEpoch.NONE);
                requests.giveUpAll(IoFailure.Kind.IO, "extent " + lid + " does not exist any more", false);
            }
            case LeaseResult.Unavailable(var why) -> {
                trouble = why;
                retryLater();
            }
        }
    }

    /// There may be room in a moment: what was taken lately counts whole until it has been measured.
    private void noRoom(String why) {
        boolean afresh = now - roomRefusedNanos > limits.roomNanos();
        if (roomWantedNanos == NEVER || afresh) {
            roomWantedNanos = now;
        }
        roomRefusedNanos = now;
        if (now - roomWantedNanos < limits.roomNanos()) {
            trouble = why;
            retryLater();
        } else {
            requests.giveUpAll(IoFailure.Kind.NO_SPACE, why, true);
            phase = blankLeaseHeld() ? Phase.BLANK : Phase.IDLE;
        }
    }

    private void granted(long under, LeaseResult.Granted granted) {
        phase = Phase.IDLE;
        if (under != view.session()) {
            return;
        }
        boolean asBefore = granted.epoch().equals(lease.epoch());
        if (!lease.granted(under, granted.epoch())) {
            backOff();
            return;
        }
        placed = granted.placed().orElse(null);
        if (placed != null) {
            roomWantedNanos = NEVER;
        }
        unresolved.failIfOthersServed(placed);
        if (placed != null && placed.synced()) {
            startSync(SyncRound.ANY);
        } else {
            phase = Phase.BLANK;
            if (asBefore && placed == null) {
                backOff(); // a place was asked for and not given; the phase stays
                phase = Phase.BLANK;
            }
        }
    }

    private boolean blankLeaseHeld() {
        return lease.held() && lease.session() == view.session() && (placed == null || !placed.synced());
    }

    /// The same lease may go on where it was; else it is asked for again.
    private void retryLater() {
        boolean blank = blankLeaseHeld();
        backOff();
        if (blank) {
            phase = Phase.BLANK;
        }
    }

    private void backOff() {
        phase = Phase.IDLE;
        backoff.failed(now);
    }

    private void callFailed(int which, String why) {
        if (which == ticket && (phase == Phase.ASKING || phase == Phase.RECORDING)) {
            trouble = why;
            ticket = ++tickets;
            if (phase == Phase.ASKING) {
                lease.asked();
                retryLater();
            } else {
                syncFailed();
            }
        } else if (removal.waitsFor(which)) {
            removal.callFailed(now + backoff.nextNanos());
        }
    }

    // ---- sync generation ------------------------------------------------------------------------------------------

    private void startSync(long counter) {
        sync = new SyncRound(++rounds, lid, placed, lease.epoch(), counter, limits, buffers, budget, now);
        phase = Phase.SYNCING;
    }

    private void advanceSync() {
        switch (sync.advance(view, leaseProven(), now, out)) {
            case WAITING -> {
                // answers or time go on
            }
            case NOTHING_GOOD -> {
                trouble = sync.whyNothing();
                note(trouble);
                syncFailed();
            }
            case STAMPED -> record();
        }
    }

    private void dropSync() {
        if (sync != null) {
            sync.release();
            sync = null;
        }
    }

    /// Starts again; under a new epoch when segments may bear this one.
    private void syncFailed() {
        if ((sync != null && sync.usedUp()) || phase == Phase.RECORDING) {
            lease.renew();
        }
        dropSync();
        backOff();
    }

    /// Before a write, what is not in step leaves the location; for reads alone it may stay, since the floor keeps it
    /// from ever being chosen (EM-30).
    private void record() {
        boolean toWrite = !placed.synced() || !unresolved.isEmpty() || requests.any(Op::writes);
        Set<ChunkId> keep = toWrite ? sync.good() : Set.copyOf(placed.location());
        if (keep.size() < placed.location().size()) {
            note("leaves the location: " + sync.whoIsOut());
        }
        unresolved.recording(lease.epoch());
        phase = Phase.RECORDING;
        ticket = ++tickets;
        askedNanos = now;
        out.add(new Action.AskSynced(
                ticket, placed.pid(), lease.epoch(), placed.locationVersion(), sync.chosen(), keep));
    }

    private void changeAnswered(int which, ChangeResult result) {
        if (which == ticket && phase == Phase.RECORDING) {
            recorded(result);
        } else if (removal.waitsFor(which)) {
            removalAnswered(result);
        }
    }

    private void recorded(ChangeResult result) {
        switch (result) {
            case ChangeResult.Changed(var changed) -> beginServing(changed);
            case ChangeResult.Fenced(var highest) -> leaseOver(highest);
            case ChangeResult.StaleVersion(var current) -> syncFailed();
            case ChangeResult.Forbidden(var why) -> {
                trouble = why;
                note("its sync was refused: " + why);
                syncFailed();
            }
            case ChangeResult.Unknown() -> {
                phase = Phase.IDLE;
                loseLease(LeaseEpoch.NONE);
                requests.giveUpAll(IoFailure.Kind.IO, "extent " + lid + " does not exist any more", false);
            }
        }
    }

    private void beginServing(PlacedExtent changed) {
        Set<ChunkId> good = sync.good();
        good.retainAll(changed.location());
        if (good.isEmpty()) {
            trouble = "the location changed during the sync";
            syncFailed();
            return;
        }
        Generation start = sync.chosen();
        dropSync();
        servedCounter = start.counter();
        // the floor of before: until the first write under this epoch, a segment that comes back may still be brought
        // in
        placed = withLocation(changed, placed.floor());
        serving = new Serving(lid, placed, start, good, this, view, limits, buffers);
        phase = Phase.SERVING;
        trouble = "";
        for (Op op : unresolved.take()) {
            if (phase == Phase.SERVING) {
                resolve(op);
            } else {
                unresolved.add(op);
            }
        }
    }

    private static PlacedExtent withLocation(PlacedExtent changed, Generation floor) {
        return new PlacedExtent(
                changed.pid(),
                changed.volumeId(),
                changed.location(),
                changed.locationVersion(),
                floor,
                true,
                changed.replicas());
    }

    private void resolve(Op op) {
        if (op.answered) {
            over(op);
        } else if (op.noSpaceMask != 0 && op.appliedMask == 0) {
            requests.fail(op, IoFailure.Kind.NO_SPACE, "no chunk of extent " + lid + " has room for a new block");
        } else if (op.attempts >= limits.attempts()) {
            requests.fail(
                    op,
                    IoFailure.Kind.IO,
                    "extent " + lid + ": no replica took the write in " + op.attempts + " attempts");
        } else {
            serving.reissue(op);
        }
    }

    // ---- doubt ----------------------------------------------------------------------------------------------------

    /// Nothing is served from now on; what was under way starts anew or waits to be resolved.
    private void stopServing() {
        if (serving != null) {
            serving.abandon().forEach(unresolved::add);
        }
        serving = null;
        dropSync();
        removal.end();
        ticket = ++tickets;
        requests.restartUnsent();
    }

    private void loseLease(LeaseEpoch highest) {
        stopServing();
        lease.lost(highest);
        placed = null;
        phase = Phase.IDLE;
    }

    private void leaseOverIf(LeaseEpoch highest) {
        if (highest != null) {
            leaseOver(highest);
        }
    }

    @Override
    public void leaseOver(LeaseEpoch highest) {
        if (!highest.equals(LeaseEpoch.NONE)) {
            note("its lease " + lease.epoch() + " is over, fenced by " + highest);
        }
        loseLease(highest);
        backoff.hurry(now);
    }

    @Override
    public void unsure(String why) {
        note("syncs anew: " + why);
        trouble = why;
        stopServing();
        lease.renew();
        backOff();
    }

    // ---- removal of segments --------------------------------------------------------------------------------------

    @Override
    public void remove(Set<ChunkId> failed, Generation floor, String why) {
        note("removes " + failed + ": " + why);
        var wanted = new Action.AskRemove(0, placed.pid(), lease.epoch(), placed.locationVersion(), floor, failed);
        removal.begin(wanted, ++tickets, now, out);
    }

    private void removalAnswered(ChangeResult result) {
        removal.end();
        switch (result) {
            case ChangeResult.Changed(var changed) -> {
                placed = withLocation(changed, changed.floor());
                serving.removed(placed);
            }
            case ChangeResult.Fenced(var highest) -> leaseOver(highest);
            case ChangeResult.StaleVersion(var current) -> unsure("its location changed to version " + current);
            case ChangeResult.Forbidden(var why) -> unsure("a removal was refused: " + why);
            case ChangeResult.Unknown() -> unsure("it is not known to the extent manager");
        }
    }

    private void tickRemoval() {
        if (removal.overdue(now, limits)) {
            removal.callFailed(now + backoff.nextNanos());
        } else if (removal.due(now)) {
            removal.ask(++tickets, now, out);
        }
    }

    // ---- what a Serving asks --------------------------------------------------------------------------------------

    @Override
    public long now() {
        return now;
    }

    @Override
    public boolean leaseProven() {
        return now < view.provenUntilNanos(lease.session());
    }

    @Override
    public void send(Action action) {
        out.add(action);
    }

    @Override
    public void answer(Op op, OpResult result) {
        requests.answer(op, result);
    }

    @Override
    public void over(Op op) {
        requests.over(op);
    }

    @Override
    public void ended() {
        backoff.succeeded();
    }

    @Override
    public void again(Op op) {
        requests.again(op);
    }

    @Override
    public void submitRepair(int from, int to, ChunkId damagedOn) {
        requests.submitRepair(from, to, damagedOn);
    }

    private void note(String text) {
        out.add(new Action.Note("extent " + lid + ": " + text));
    }
}
