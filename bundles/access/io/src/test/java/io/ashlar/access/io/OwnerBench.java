package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Payload;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.store.ReadResult;
import io.ashlar.store.WriteResult;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/// One owner of an extent on a bench: its actions wait until the test lets them be carried out on model chunks and a
/// model manager.
final class OwnerBench implements OwnerView {
    static final long MILLI = 1_000_000;
    static final Lid LID = Lid.of(0, 1);
    static final OwnerLimits LIMITS = OwnerLimits.ofMillis(100, 100, 100, 100, 500, 0);

    /// What is common to several owners.
    static final class World {
        long now = MILLI;
        final List<ModelChunk> chunks = List.of(new ModelChunk(1), new ModelChunk(2), new ModelChunk(3));
        final ModelManager manager =
                new ModelManager(() -> now, chunks.stream().map(ModelChunk::id).toList());
        private long sessions;

        World() {
            manager.know(LID);
        }

        ModelChunk chunk(ChunkId id) {
            return chunks.get(id.value() - 1);
        }

        List<ChunkId> location() {
            return manager.placed(LID).location();
        }

        ModelChunk.Segment segment(int chunk) {
            return chunks.get(chunk - 1).segment(manager.placed(LID).pid());
        }
    }

    final World world;
    final CountedBuffers buffers = new CountedBuffers();
    final CopyBudget budget = new CopyBudget();
    final ExtentOwner owner;
    final ArrayDeque<Action> pending = new ArrayDeque<>();
    final List<Action> done = new ArrayList<>();
    final Map<ChunkId, Presence> away = new HashMap<>();
    final SessionId session;
    long provenUntil = Long.MAX_VALUE;

    OwnerBench(World world) {
        this.world = world;
        this.session = new SessionId(new UUID(0, ++world.sessions));
        world.manager.openSession(session, "n" + world.sessions, new ProcessIdentity("m", "b", 1, 1));
        this.owner = new ExtentOwner(LID, LeaseEpoch.NONE, this, LIMITS, buffers, budget);
    }

    /// The end of a request, once there is one.
    static final class Answered {
        OpResult result;

        boolean isDone() {
            return result instanceof OpResult.Done;
        }

        Optional<Byte> firstByte() {
            return result instanceof OpResult.Data(var bytes)
                    ? Optional.of(bytes.bytes().get(0))
                    : Optional.empty();
        }
    }

    Answered write(int sector, int fill) {
        return write(sector, 1, fill);
    }

    Answered write(int sector, int sectors, int fill) {
        var answered = new Answered();
        var bytes = new byte[sectors * 4096];
        Arrays.fill(bytes, (byte) fill);
        event(new Event.Submitted(Op.write(
                sector * 4096,
                Payload.unpooled(ByteBuffer.wrap(bytes)),
                world.now + 5_000 * MILLI,
                result -> answered.result = result)));
        return answered;
    }

    Answered read(int sector) {
        var answered = new Answered();
        event(new Event.Submitted(
                Op.read(sector * 4096, 4096, world.now + 5_000 * MILLI, result -> answered.result = result)));
        return answered;
    }

    void event(Event event) {
        var out = new ArrayList<Action>();
        owner.apply(event, world.now, out);
        out.forEach(action -> {
            if (action instanceof Action.Answer(var completion, var result)) {
                completion.done(result);
            } else {
                pending.add(action);
            }
        });
    }

    /// Time passes in steps, with a tick at each, nothing else being done.
    void passes(long millis) {
        for (long i = 0; i < millis; i += 10) {
            world.now += 10 * MILLI;
            event(new Event.Tick());
        }
    }

    /// Carries out everything, and what follows from it.
    void runAll() {
        run(action -> true);
    }

    /// Carries out what the test allows, in order; the rest stays.
    void run(Predicate<Action> allowed) {
        boolean any = true;
        while (any) {
            any = false;
            for (Action action : List.copyOf(pending)) {
                if (allowed.test(action)) {
                    pending.remove(action);
                    done.add(action);
                    perform(action);
                    any = true;
                }
            }
        }
    }

    /// The actions are lost, as their answers.
    void lose(Predicate<Action> which) {
        pending.removeIf(action -> {
            boolean lost = which.test(action);
            if (lost && action instanceof Action.ReadPatch read) {
                read.destination().release();
            } else if (lost && action instanceof Action.SendAdvance advance && advance.data() != null) {
                advance.data().release();
            }
            return lost;
        });
    }

    <A extends Action> List<A> waiting(Class<A> kind) {
        return pending.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static Predicate<Action> writesTo(int chunk) {
        return action ->
                action instanceof Action.SendWrite write && write.chunk().value() == chunk;
    }

    static Predicate<Action> anythingTo(int... chunks) {
        return action -> Arrays.stream(chunks).anyMatch(chunk -> switch (action) {
            case Action.SendWrite write -> write.chunk().value() == chunk;
            case Action.SendFence fence -> fence.chunk().value() == chunk;
            case Action.SendStamp stamp -> stamp.chunk().value() == chunk;
            case Action.SendRead read -> read.chunk().value() == chunk;
            case Action.AskHistory ask -> ask.source().value() == chunk;
            case Action.ReadPatch read -> read.source().value() == chunk;
            case Action.SendAdvance advance -> advance.laggard().value() == chunk;
            default -> false;
        });
    }

    void answerWrite(int chunk, WriteResult result) {
        var write = (Action.SendWrite)
                pending.stream().filter(writesTo(chunk)).findFirst().orElseThrow();
        pending.remove(write);
        event(new Event.WriteAnswered(write.op(), write.write().generation().epoch(), write.lane(), result));
    }

    void answerPatch(Action.ReadPatch read, ReadResult result) {
        read.destination().release();
        event(new Event.PatchAnswered(read.round(), read.laggard(), read.attempt(), read.index(), result));
    }

    void answerAdvance(Action.SendAdvance advance, WriteResult result) {
        if (advance.data() != null) {
            advance.data().release();
        }
        event(new Event.AdvanceAnswered(advance.round(), advance.laggard(), advance.attempt(), result));
    }

    private void perform(Action action) {
        switch (action) {
            case Action.SendFence(var round, var chunk, var identity, var epoch) ->
                world.chunk(chunk)
                        .fence(identity, epoch, result -> event(new Event.FenceAnswered(round, chunk, result)));
            case Action.SendStamp(var round, var chunk, var pid, var epoch, var expected) ->
                world.chunk(chunk)
                        .stamp(pid, epoch, expected, result -> event(new Event.StampAnswered(round, chunk, result)));
            case Action.SendWrite write ->
                world.chunk(write.chunk())
                        .write(
                                write.write(),
                                write.sectors(),
                                write.checksums(),
                                result -> event(new Event.WriteAnswered(
                                        write.op(), write.write().generation().epoch(), write.lane(), result)));
            case Action.SendRead read -> {
                var bytes = Payload.unpooled(ByteBuffer.allocate(read.lengthBytes()));
                var results = new ArrayList<ReadResult>();
                world.chunk(read.chunk())
                        .read(read.pid(), read.epoch(), read.offsetBytes(), read.lengthBytes(), bytes, results::add);
                event(new Event.FetchAnswered(read.fetch(), read.attempt(), results.getFirst(), bytes));
            }
            case Action.AskAcquire(var ticket, var toWrite) ->
                event(new Event.LeaseAnswered(ticket, 1, world.manager.acquire(session, LID, toWrite)));
            case Action.AskRenewEpoch(var ticket, var current) ->
                event(new Event.LeaseAnswered(ticket, 1, world.manager.renewEpoch(session, LID, current)));
            case Action.AskSynced ask ->
                event(new Event.ChangeAnswered(
                        ask.ticket(),
                        world.manager.synced(ask.pid(), ask.epoch(), ask.locationVersion(), ask.floor(), ask.keep())));
            case Action.AskRemove ask ->
                event(new Event.ChangeAnswered(
                        ask.ticket(),
                        world.manager.removeSegments(
                                ask.pid(), ask.epoch(), ask.locationVersion(), ask.floor(), ask.failed())));
            case Action.GiveBack(var epoch) -> world.manager.release(session, LID, epoch);
            case Action.DoubtSession doubt -> {}
            case Action.Note note -> {}
            case Action.AskHistory ask ->
                world.chunk(ask.source())
                        .history(
                                ask.pid(),
                                ask.epoch(),
                                ask.since(),
                                result -> event(
                                        new Event.HistoryAnswered(ask.round(), ask.laggard(), ask.attempt(), result)));
            case Action.ReadPatch read -> {
                var results = new ArrayList<ReadResult>();
                int length = read.destination().bytes().remaining();
                world.chunk(read.source())
                        .read(read.pid(), read.epoch(), read.offsetBytes(), length, read.destination(), results::add);
                answerPatch(read, results.getFirst());
            }
            case Action.SendAdvance advance -> {
                var results = new ArrayList<WriteResult>();
                world.chunk(advance.laggard())
                        .advance(advance.advance(), advance.data(), advance.checksums(), results::add);
                answerAdvance(advance, results.getFirst());
            }
            case Action.SendBlocks blocks -> throw new IllegalStateException("not asked for here");
            case Action.SendDigest(var op, var chunk, var pid, var epoch) ->
                world.chunk(chunk)
                        .digest(pid, epoch, result -> event(new Event.DigestAnswered(op, epoch, chunk, result)));
            case Action.Answer answer -> throw new IllegalStateException("answered at once");
        }
    }

    /// Compares the replicas.
    Answered verify() {
        var answered = new Answered();
        event(new Event.Submitted(Op.digest(world.now + 5_000 * MILLI, result -> answered.result = result)));
        return answered;
    }

    /// The process is gone, and with it its session.
    void dies() {
        pending.clear();
        world.manager.closeSession(session);
    }

    @Override
    public long session() {
        return 1;
    }

    @Override
    public long provenUntilNanos(long number) {
        return provenUntil;
    }

    @Override
    public Presence presence(ChunkId chunk) {
        return away.getOrDefault(chunk, Presence.PRESENT);
    }

    @Override
    public boolean scarce(ChunkId chunk) {
        return false;
    }
}
