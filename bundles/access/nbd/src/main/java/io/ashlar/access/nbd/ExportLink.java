package io.ashlar.access.nbd;

import io.ashlar.access.IoFailure;
import io.ashlar.access.VolumeAccess;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.Outcome;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection's volume, over replacements of the data path.
///
/// When the data path is replaced, or says that it is shutting down, new requests wait (their number is bounded by the
/// connection's limits), those in flight end, and the volume is opened again through the successor. Requests that
/// failed because of the shutdown are issued again before those that waited: none of them was acknowledged, and a write
/// may be applied twice. The client sees latency. After [#PATIENCE_MILLIS] without a successor it sees ESHUTDOWN.
///
/// **Thread:** the connection's event loop, except where noted.
final class ExportLink {
    static final long PATIENCE_MILLIS = 30_000;
    private static final long RETRY_MILLIS = 250;
    private static final Logger LOG = LoggerFactory.getLogger(ExportLink.class);

    private enum State {
        ATTACHED,
        MOVING,
        LOST,
        CLOSED
    }

    private final String name;
    private final String client;
    private final Volumes volumes;
    private final EventLoop loop;
    private final BiConsumer<InFlight, Answer> returns;
    private final BiConsumer<InFlight, Answer> answers;
    private final Runnable accessListener = this::onAccessChange;
    private final ArrayDeque<InFlight> again = new ArrayDeque<>();
    private final ArrayDeque<InFlight> parked = new ArrayDeque<>();

    private State state = State.ATTACHED;
    private VolumeHandle handle;
    private VolumeAccess by;
    private long lastSizeBytes;
    private int issued;

    /// The present handle has served a request; before, a further failure waits a moment and keeps the first one's
    /// patience.
    private boolean proven = true;

    private boolean opening;
    private long giveUpNanos;

    /// @param returns takes what the data path returned, on any thread; it brings it back to [#returned] on the loop
    /// @param answers takes the final answers, on the loop
    ExportLink(
            String name,
            String client,
            Volumes volumes,
            EventLoop loop,
            BiConsumer<InFlight, Answer> returns,
            BiConsumer<InFlight, Answer> answers) {
        this.name = name;
        this.client = client;
        this.volumes = volumes;
        this.loop = loop;
        this.returns = returns;
        this.answers = answers;
    }

    void attach(Volumes.Opened opened) {
        handle = opened.handle();
        by = opened.by();
        lastSizeBytes = handle.sizeBytes();
        volumes.current().addListener(accessListener);
        onAccessChange(); // it may have been replaced since it opened the volume
    }

    String name() {
        return name;
    }

    long sizeBytes() {
        if (state == State.ATTACHED) {
            lastSizeBytes = handle.sizeBytes();
        }
        return lastSizeBytes;
    }

    void submit(InFlight inFlight) {
        switch (state) {
            case ATTACHED -> issue(inFlight);
            case MOVING -> parked.add(inFlight);
            case LOST, CLOSED -> answers.accept(inFlight, shutDown());
        }
    }

    void returned(InFlight inFlight, Answer answer) {
        issued--;
        boolean serving = state == State.ATTACHED || state == State.MOVING;
        if (answer.isShuttingDown() && serving) {
            again.add(inFlight);
            move();
        } else {
            proven |= !answer.isShuttingDown();
            answers.accept(inFlight, answer);
        }
        reopenWhenDrained();
    }

    /// Gives the volume back. What waits is answered; what is in flight still returns.
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        volumes.current().removeListener(accessListener);
        if (state == State.ATTACHED) {
            giveBack();
        }
        state = State.CLOSED;
        answerWaiting();
    }

    private void giveBack() {
        try {
            handle.close();
        } catch (RuntimeException e) {
            LOG.warn("{} could not be given back to its data path, for {}", name, client, e); // which is leaving anyway
        }
    }

    private void issue(InFlight inFlight) {
        issued++;
        Issuer.issue(handle, inFlight, answer -> returns.accept(inFlight, answer));
    }

    /// On any thread.
    private void onAccessChange() {
        onLoop(() -> {
            boolean replaced = state == State.ATTACHED && volumes.current().get() != by;
            boolean found = state == State.LOST && volumes.current().get() != null;
            if (replaced || found) {
                proven = true; // a new reason to move, with a patience of its own
                move();
            }
            reopenWhenDrained();
        });
    }

    private void move() {
        if (state == State.MOVING) {
            return;
        }
        if (state == State.ATTACHED) {
            giveBack();
        }
        state = State.MOVING;
        if (proven) {
            giveUpNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
            LOG.info("{} waits for the successor of its data path, for {}", name, client);
            loop.schedule(this::giveUpWhenLate, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            giveUpWhenLate(); // attached again and again without a success
        }
    }

    private void reopenWhenDrained() {
        if (state != State.MOVING || issued > 0 || opening || volumes.current().get() == null) {
            return;
        }
        opening = true;
        if (proven) {
            openNow();
        } else {
            loop.schedule(this::openNow, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void openNow() {
        volumes.open(name, client, outcome -> {
            if (!onLoop(() -> opened(outcome)) && outcome instanceof Outcome.Ok<Volumes.Opened>(var late)) {
                late.handle().close();
            }
        });
    }

    private void opened(Outcome<Volumes.Opened> outcome) {
        opening = false;
        switch (outcome) {
            case Outcome.Ok<Volumes.Opened>(var opened) -> reattach(opened);
            case Outcome.Refused<Volumes.Opened>(var refusal) -> {
                if (refusal.kind() == Outcome.Kind.UNAVAILABLE || refusal.kind() == Outcome.Kind.IN_USE) {
                    proven = false; // not at once again
                    reopenWhenDrained();
                } else {
                    lose(refusal.what());
                }
            }
        }
    }

    private void reattach(Volumes.Opened opened) {
        if (state != State.MOVING) {
            opened.handle().close();
            return;
        }
        handle = opened.handle();
        by = opened.by();
        state = State.ATTACHED;
        if (volumes.current().get() != by) {
            move();
            reopenWhenDrained();
            return;
        }
        proven = false;
        LOG.info("{} goes on with the present data path, for {}", name, client);
        issueAll(again);
        issueAll(parked);
    }

    private void issueAll(ArrayDeque<InFlight> waiting) {
        int count = waiting.size(); // a synchronous return may add to it
        for (int i = 0; i < count; i++) {
            submit(waiting.poll());
        }
    }

    private void giveUpWhenLate() {
        if (state == State.MOVING && System.nanoTime() - giveUpNanos >= 0) {
            lose("the data path did not come back within " + PATIENCE_MILLIS / 1000 + " s");
        }
    }

    private void lose(String why) {
        if (state != State.MOVING) {
            return;
        }
        LOG.warn("{} is out of service for {}: {}", name, client, why);
        state = State.LOST;
        answerWaiting();
    }

    private void answerWaiting() {
        for (var queue : List.of(again, parked)) {
            for (var next = queue.poll(); next != null; next = queue.poll()) {
                answers.accept(next, shutDown());
            }
        }
    }

    private Answer shutDown() {
        return Answer.no(
                IoFailure.Kind.SHUTTING_DOWN, "the data path of " + name + " is out of service; reconnect later");
    }

    private boolean onLoop(Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the server has stopped, and with it this connection
        }
    }
}
