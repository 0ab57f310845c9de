package io.ashlar.access.io;

import io.ashlar.access.IoFailure;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.MonotonicClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that owns some of the extents: takes their events in batches, applies them, carries out what follows. The
/// queue is bounded by what is in flight: requests are limited where they come in, and each causes a bounded number of
/// answers.
final class ExtentLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ExtentLoop.class);
    private static final int BATCH = 256;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Event TICK = new Event.Tick();

    /// @param lid null: for all extents that the loop has
    /// @param volume who has the extent open; null in answers
    /// @param after run when the event was applied; may be null
    private record Mail(Lid lid, Event event, OpenVolume volume, Runnable after) {}

    private static final class Cell {
        ExtentOwner owner;
        OpenVolume volume;
    }

    private final ConcurrentLinkedQueue<Mail> mail = new ConcurrentLinkedQueue<>();
    private final MonotonicClock clock;
    private final Shell shell;
    private final IoSettings settings;
    private final Thread thread;
    private final Map<Lid, Cell> cells = new HashMap<>();
    /// The highest epoch of any extent that was forgotten, by the shard that counts them: an extent that comes back
    /// must not get its old lease again, which may be on its way back to the manager.
    private final Map<Integer, LeaseEpoch> forgotten = new HashMap<>();
    private final Set<Lid> active = new LinkedHashSet<>();
    private final List<Action> actions = new ArrayList<>();
    private final List<Mail> batch = new ArrayList<>(BATCH);
    private volatile boolean parked;
    private volatile boolean stopped;
    private volatile boolean ended;

    ExtentLoop(int index, MonotonicClock clock, Shell shell, IoSettings settings) {
        this.clock = clock;
        this.shell = shell;
        this.settings = settings;
        this.thread = Thread.ofPlatform().daemon().name("ashlar-io-" + index).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// **Thread:** any; does not block.
    void post(Lid lid, Event event) {
        post(new Mail(lid, event, null, null));
    }

    /// **Thread:** any; does not block.
    void submit(Lid lid, Op op, OpenVolume volume) {
        post(new Mail(lid, new Event.Submitted(op), volume, null));
    }

    private void post(Mail one) {
        mail.add(one);
        if (ended) {
            refuseTheRest();
            return;
        }
        if (parked) {
            parked = false;
            LockSupport.unpark(thread);
        }
    }

    /// To all extents that the loop has.
    ///
    /// @param applied called on the loop's thread when all have taken it
    void postToAll(Event event, Runnable applied) {
        post(new Mail(null, event, null, applied));
    }

    void stop() throws InterruptedException {
        stopped = true;
        LockSupport.unpark(thread);
        thread.join(TimeUnit.NANOSECONDS.toMillis(settings.stopNanos()));
    }

    private void run() {
        long nextTick = 0;
        long nextSweep = clock.nanos() + SWEEP_NANOS;
        while (!stopped || !mail.isEmpty()) {
            takeBatch();
            long now = clock.nanos(); // after the batch was taken: whatever its events tell has happened before it (S7)
            for (Mail one : batch) {
                deliver(one, now);
            }
            if (now >= nextTick && !active.isEmpty()) {
                nextTick = now + TICK_NANOS;
                shell.sampleSpace();
                for (Lid lid : List.copyOf(active)) {
                    apply(lid, cells.get(lid), TICK, now);
                }
            }
            if (now >= nextSweep) {
                nextSweep = now + SWEEP_NANOS;
                sweep(now);
            }
            if (batch.isEmpty()) {
                park(active.isEmpty() ? SWEEP_NANOS : TICK_NANOS);
            }
        }
        var abort = new Event.Abort("the access layer stops");
        cells.forEach((lid, cell) -> apply(lid, cell, abort, clock.nanos()));
        ended = true;
        refuseTheRest();
    }

    /// What comes after the end is answered all the same. **Thread:** any, after the loop's own has ended.
    private void refuseTheRest() {
        for (Mail one = mail.poll(); one != null; one = mail.poll()) {
            if (one.event() instanceof Event.Submitted(var op)) {
                var stopping = OpResult.failed(IoFailure.Kind.SHUTTING_DOWN, "the access layer stops");
                shell.perform(this, one.lid(), new Action.Answer(op.completion(), stopping));
                op.discard();
            } else {
                drop(one.event());
            }
            if (one.after() != null) {
                one.after().run();
            }
        }
    }

    private void takeBatch() {
        batch.clear();
        for (Mail one = mail.poll(); one != null; one = batch.size() < BATCH ? mail.poll() : null) {
            batch.add(one);
        }
    }

    private void park(long nanos) {
        parked = true;
        if (mail.isEmpty() && !stopped) {
            LockSupport.parkNanos(this, nanos);
        }
        parked = false;
    }

    private void deliver(Mail one, long now) {
        if (one.lid() == null) {
            for (Lid lid : List.copyOf(cells.keySet())) {
                apply(lid, cells.get(lid), one.event(), now);
            }
            one.after().run();
            return;
        }
        Cell cell = cells.get(one.lid());
        if (cell == null) {
            if (one.volume() == null) {
                drop(one.event());
                return;
            }
            cell = new Cell();
            cell.owner =
                    shell.newOwner(one.lid(), forgotten.getOrDefault(one.lid().shard(), LeaseEpoch.NONE));
            cells.put(one.lid(), cell);
        }
        if (one.volume() != null) {
            cell.volume = one.volume();
        }
        apply(one.lid(), cell, one.event(), now);
    }

    /// A late answer for an extent that was forgotten.
    private static void drop(Event event) {
        if (event instanceof Event.FetchAnswered late) {
            late.bytes().release();
        }
    }

    private void apply(Lid lid, Cell cell, Event event, long now) {
        try {
            cell.owner.apply(event, now, actions);
            for (int i = 0; i < actions.size(); i++) {
                shell.perform(this, lid, actions.get(i));
            }
        } catch (RuntimeException e) {
            // the guard of the loop: a bug in one extent must not stop the others; the extent starts anew
            LOG.error("extent {} failed at {}", lid, event, e);
            startAnew(lid, cell, now);
        } finally {
            actions.clear();
        }
        if (cell.owner.active()) {
            active.add(lid);
        } else {
            active.remove(lid);
        }
    }

    /// The successor must not use the epoch that the failed one may still have writes under.
    private void startAnew(Lid lid, Cell cell, long now) {
        actions.clear();
        LeaseEpoch used = cell.owner.highestEpoch();
        cell.owner.apply(new Event.Abort("an internal error; see the log of the node"), now, actions);
        actions.forEach(action -> shell.perform(this, lid, action));
        cell.owner = shell.newOwner(lid, used);
    }

    private static LeaseEpoch higher(LeaseEpoch one, LeaseEpoch other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /// Gives back leases that were not used for long; when there are too many, whatever is idle.
    private void sweep(long now) {
        int limit = settings.cachedExtents() / settings.loops();
        for (Lid lid : List.copyOf(cells.keySet())) {
            Cell cell = cells.get(lid);
            long idle = cell.volume.inUse() ? settings.idleLeaseNanos() : settings.closedLeaseNanos();
            if (cell.owner.idleSince(now - (cells.size() > limit ? SWEEP_NANOS : idle))) {
                apply(lid, cell, new Event.GiveUpLease(), now);
                if (cell.owner.forgettable()) {
                    forgotten.merge(lid.shard(), cell.owner.highestEpoch(), ExtentLoop::higher);
                    cells.remove(lid);
                }
            }
        }
    }
}
