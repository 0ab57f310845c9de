package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Payload;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ChangeResult;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.ChunkStore;
import io.ashlar.store.DigestResult;
import io.ashlar.store.FenceResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.WriteResult;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out the actions of extents: calls chunks and managers and posts their answers to the extent's loop.
final class Shell implements OwnerView {
    private static final Logger LOG = LoggerFactory.getLogger(Shell.class);
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Stores stores;
    private final Managers managers;
    private final SessionKeeper sessions;
    private final MonotonicClock clock;
    private final IoSettings settings;
    private final Buffers buffers;
    private final CopyBudget budget = new CopyBudget();
    private final AtomicLong sampledNanos = new AtomicLong(Long.MIN_VALUE);

    Shell(
            Stores stores,
            Managers managers,
            SessionKeeper sessions,
            MonotonicClock clock,
            IoSettings settings,
            Buffers buffers) {
        this.stores = stores;
        this.managers = managers;
        this.sessions = sessions;
        this.clock = clock;
        this.settings = settings;
        this.buffers = buffers;
    }

    ExtentOwner newOwner(Lid lid, LeaseEpoch mustExceed) {
        return new ExtentOwner(lid, mustExceed, this, settings.limits(), buffers, budget);
    }

    @Override
    public long session() {
        return sessions.session().number();
    }

    @Override
    public long provenUntilNanos(long number) {
        var current = sessions.session();
        return current.number() == number ? current.untilNanos() : Long.MIN_VALUE;
    }

    @Override
    public Presence presence(ChunkId chunk) {
        return stores.presence(chunk);
    }

    @Override
    public boolean scarce(ChunkId chunk) {
        return stores.scarce(chunk);
    }

    void sampleSpace() {
        long now = clock.nanos();
        long last = sampledNanos.get();
        if ((last == Long.MIN_VALUE || now - last >= SAMPLE_NANOS) && sampledNanos.compareAndSet(last, now)) {
            stores.sample();
        }
    }

    void perform(ExtentLoop loop, Lid lid, Action action) {
        switch (action) {
            case Action.SendWrite write -> write(loop, lid, write);
            case Action.SendRead read -> read(loop, lid, read);
            case Action.Answer(var completion, var result) -> answer(completion, result);
            case Action.SendFence(var round, var chunk, var identity, var epoch) ->
                call(
                        chunk,
                        (ChunkStore store, Completion<FenceResult> done) -> store.fence(identity, epoch, done),
                        FenceResult.Failed::new,
                        result -> loop.post(lid, new Event.FenceAnswered(round, chunk, result)));
            case Action.SendStamp(var round, var chunk, var pid, var epoch, var expected) ->
                call(
                        chunk,
                        (ChunkStore store, Completion<WriteResult> done) -> store.stamp(pid, epoch, expected, done),
                        WriteResult.Failed::new,
                        result -> loop.post(lid, new Event.StampAnswered(round, chunk, result)));
            case Action.AskHistory ask ->
                call(
                        ask.source(),
                        (ChunkStore store, Completion<HistoryResult> done) ->
                                store.history(ask.pid(), ask.epoch(), ask.since(), done),
                        HistoryResult.Failed::new,
                        result -> loop.post(
                                lid, new Event.HistoryAnswered(ask.round(), ask.laggard(), ask.attempt(), result)));
            case Action.ReadPatch read -> readPatch(loop, lid, read);
            case Action.SendAdvance advance -> advance(loop, lid, advance);
            case Action.SendBlocks(var op, var lane, var chunk, var pid, var epoch) ->
                call(
                        chunk,
                        (ChunkStore store, Completion<BlockMapResult> done) -> store.blockMap(pid, epoch, done),
                        BlockMapResult.Failed::new,
                        result -> loop.post(lid, new Event.BlocksAnswered(op, epoch, lane, result)));
            case Action.SendDigest(var op, var chunk, var pid, var epoch) ->
                call(
                        chunk,
                        (ChunkStore store, Completion<DigestResult> done) -> store.digest(pid, epoch, done),
                        DigestResult.Failed::new,
                        result -> loop.post(lid, new Event.DigestAnswered(op, epoch, chunk, result)));
            case Action.AskAcquire(var ticket, var toWrite) ->
                askLease(loop, lid, ticket, session -> managers.extents().acquire(session, lid, toWrite));
            case Action.AskRenewEpoch(var ticket, var current) ->
                askLease(loop, lid, ticket, session -> managers.extents().renewEpoch(session, lid, current));
            case Action.AskSynced ask ->
                askChange(
                        loop,
                        lid,
                        ask.ticket(),
                        () -> managers.extents()
                                .synced(ask.pid(), ask.epoch(), ask.locationVersion(), ask.floor(), ask.keep()));
            case Action.AskRemove ask ->
                askChange(
                        loop,
                        lid,
                        ask.ticket(),
                        () -> managers.extents()
                                .removeSegments(
                                        ask.pid(), ask.epoch(), ask.locationVersion(), ask.floor(), ask.failed()));
            case Action.GiveBack(var epoch) -> giveBack(lid, epoch);
            case Action.DoubtSession(var number) -> sessions.doubt(number);
            case Action.Note(var text) -> LOG.info("{}", text);
        }
    }

    private static void answer(Completion<OpResult> completion, OpResult result) {
        try {
            completion.done(result);
        } catch (RuntimeException e) {
            LOG.error("a completion threw; that is a bug of the caller", e);
        }
    }

    private void askLease(
            ExtentLoop loop, Lid lid, int ticket, Function<SessionId, io.ashlar.extent.LeaseResult> call) {
        var session = sessions.session();
        if (session.id() == null) {
            loop.post(lid, new Event.CallFailed(ticket, "there is no session with the extent manager"));
            return;
        }
        managers.ask(
                () -> call.apply(session.id()),
                result -> loop.post(lid, new Event.LeaseAnswered(ticket, session.number(), result)),
                why -> loop.post(lid, new Event.CallFailed(ticket, why)));
    }

    private void askChange(ExtentLoop loop, Lid lid, int ticket, java.util.function.Supplier<ChangeResult> call) {
        managers.ask(
                call,
                result -> loop.post(lid, new Event.ChangeAnswered(ticket, result)),
                why -> loop.post(lid, new Event.CallFailed(ticket, why)));
    }

    private void giveBack(Lid lid, LeaseEpoch epoch) {
        var session = sessions.session();
        if (session.id() != null) {
            managers.ask(
                    () -> {
                        managers.extents().release(session.id(), lid, epoch);
                        return true;
                    },
                    done -> {},
                    why -> LOG.debug("the lease of {} was not given back: {}", lid, why));
        }
    }

    @FunctionalInterface
    private interface StoreCall<R> {
        void to(ChunkStore store, Completion<R> done);
    }

    private <R> void call(
            ChunkId chunk, StoreCall<R> call, Function<StorageException, R> failure, Consumer<R> answered) {
        ChunkStore store = stores.get(chunk);
        if (store == null) {
            answered.accept(failure.apply(new StorageException.Unavailable(chunk + " is not running")));
            return;
        }
        try {
            call.to(store, answered::accept);
        } catch (RuntimeException e) {
            // a chunk that is just going away; what came of the call is unknown
            answered.accept(failure.apply(new StorageException.Unavailable(chunk + " failed: " + e, e)));
        }
    }

    private void write(ExtentLoop loop, Lid lid, Action.SendWrite action) {
        Payload sectors = action.sectors();
        if (sectors != null) {
            sectors.retain();
        }
        stores.sent(action.chunk(), action.write().lengthBytes());
        LeaseEpoch epoch = action.write().generation().epoch();
        call(
                action.chunk(),
                (ChunkStore store, Completion<WriteResult> done) ->
                        store.write(action.write(), sectors, action.checksums(), done),
                WriteResult.Failed::new,
                result -> {
                    if (sectors != null) {
                        sectors.release();
                    }
                    loop.post(lid, new Event.WriteAnswered(action.op(), epoch, action.lane(), result));
                });
    }

    private void readPatch(ExtentLoop loop, Lid lid, Action.ReadPatch read) {
        Payload destination = read.destination();
        int lengthBytes = destination.bytes().remaining();
        call(
                read.source(),
                (ChunkStore store, Completion<ReadResult> done) ->
                        store.read(read.pid(), read.epoch(), read.offsetBytes(), lengthBytes, destination, done),
                ReadResult.Failed::new,
                result -> {
                    destination.release();
                    loop.post(
                            lid,
                            new Event.PatchAnswered(
                                    read.round(), read.laggard(), read.attempt(), read.index(), result));
                });
    }

    private void advance(ExtentLoop loop, Lid lid, Action.SendAdvance action) {
        Payload data = action.data();
        call(
                action.laggard(),
                (ChunkStore store, Completion<WriteResult> done) ->
                        store.advance(action.advance(), data, action.checksums(), done),
                WriteResult.Failed::new,
                result -> {
                    if (data != null) {
                        data.release();
                    }
                    loop.post(
                            lid, new Event.AdvanceAnswered(action.round(), action.laggard(), action.attempt(), result));
                });
    }

    private void read(ExtentLoop loop, Lid lid, Action.SendRead action) {
        Payload bytes = buffers.take(action.lengthBytes());
        call(
                action.chunk(),
                (ChunkStore store, Completion<ReadResult> done) -> store.read(
                        action.pid(), action.epoch(), action.offsetBytes(), action.lengthBytes(), bytes, done),
                ReadResult.Failed::new,
                result -> loop.post(lid, new Event.FetchAnswered(action.fetch(), action.attempt(), result, bytes)));
    }
}
