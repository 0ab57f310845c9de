package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.Payload;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.base.kit.Simulation;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.PlacedExtent;
import io.ashlar.store.FenceResult;
import io.ashlar.store.HistoryResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// An access point in a simulation: real extent owners, and a shell of messages instead of calls.
final class SimNode implements OwnerView {
    private static final Buffers BUFFERS = new Buffers() {
        @Override
        public Payload take(int lengthBytes) {
            return Payload.unpooled(ByteBuffer.allocate(lengthBytes));
        }

        @Override
        public Payload zeros(int lengthBytes) {
            return take(lengthBytes);
        }
    };
    private static final ProcessIdentity PROCESS = new ProcessIdentity("m", "b", 1, 1);
    private static final long SHORT_NANOS = 400_000_000L;

    final String name;
    private final SimCluster cluster;
    private final Simulation world;
    private final Map<Lid, ExtentOwner> owners = new HashMap<>();
    private final Map<ChunkId, Long> cutUntil = new HashMap<>();
    private final Map<ChunkId, Long> lastArrival = new HashMap<>();
    private long managerCutUntil;
    private boolean up;
    private int life;
    private long pausedUntil;
    private long quietUntil;
    private long sessions;
    private long session;
    private SessionId sessionId;
    private long provenUntil;
    private boolean opening;
    private LeaseEpoch forgotten = LeaseEpoch.NONE;

    SimNode(String name, SimCluster cluster) {
        this.name = name;
        this.cluster = cluster;
        this.world = cluster.world;
    }

    void start() {
        up = true;
        cluster.startClients(this);
        every(20, this::tick);
        every(400, this::renew);
        renew();
    }

    int life() {
        return life;
    }

    private void every(long millis, Runnable what) {
        int started = life;
        world.afterMillis(millis, () -> {
            if (life == started) {
                mine().accept(what);
                every(millis, what);
            }
        });
    }

    // ---- faults ---------------------------------------------------------------------------------------------------

    void crash(long millis) {
        if (!up) {
            return;
        }
        cluster.note(name + " crashes");
        up = false;
        life++;
        owners.clear();
        forgotten = LeaseEpoch.NONE;
        session = 0;
        sessionId = null;
        provenUntil = 0;
        opening = false;
        pausedUntil = 0;
        world.afterMillis(millis, () -> {
            if (!up) {
                cluster.note(name + " starts again");
                start();
            }
        });
    }

    void pause(long millis) {
        cluster.note(name + " is paused for " + millis + " ms");
        pausedUntil = world.nanos() + millis * 1_000_000;
    }

    void cutFrom(SimChunk chunk, long millis) {
        cluster.note(name + " is cut from " + chunk.model.id() + " for " + millis + " ms");
        cutUntil.put(chunk.model.id(), world.nanos() + millis * 1_000_000);
    }

    void cutFromManager(long millis) {
        cluster.note(name + " is cut from the manager for " + millis + " ms");
        managerCutUntil = world.nanos() + millis * 1_000_000;
    }

    void heal() {
        cutUntil.clear();
        managerCutUntil = 0;
        if (!up) {
            start();
        }
    }

    void quietForMillis(long millis) {
        quietUntil = world.nanos() + millis * 1_000_000;
    }

    boolean takesRequests() {
        return up && world.nanos() >= pausedUntil && world.nanos() >= quietUntil;
    }

    void giveUpLeases() {
        if (up) {
            mine().accept(() -> List.copyOf(owners.keySet()).forEach(lid -> {
                apply(lid, new Event.GiveUpLease());
                forget(lid);
            }));
        }
    }

    private void forget(Lid lid) {
        var owner = owners.get(lid);
        if (owner.forgettable()) {
            owners.remove(lid);
            if (owner.highestEpoch().compareTo(forgotten) > 0) {
                forgotten = owner.highestEpoch();
            }
        }
    }

    /// What reaches this process in this life of it, after its pauses.
    private Consumer<Runnable> mine() {
        int sent = life;
        return new Consumer<>() {
            @Override
            public void accept(Runnable what) {
                if (life != sent) {
                    return;
                }
                if (world.nanos() < pausedUntil) {
                    world.after(pausedUntil - world.nanos(), () -> accept(what));
                } else {
                    what.run();
                }
            }
        };
    }

    // ---- owners ---------------------------------------------------------------------------------------------------

    void submit(Lid lid, LongFunction<Op> op) {
        if (!up) {
            return;
        }
        apply(lid, new Event.Submitted(op.apply(world.nanos() + patience())));
    }

    private long patience() {
        return SHORT_NANOS * (world.chance(0.6) ? 1 : world.chance(0.6) ? 7 : 20);
    }

    private void tick() {
        for (Lid lid : List.copyOf(owners.keySet())) {
            if (owners.get(lid).active()) {
                apply(lid, new Event.Tick());
            }
        }
    }

    private void apply(Lid lid, Event event) {
        var owner = owners.computeIfAbsent(
                lid, absent -> new ExtentOwner(lid, forgotten, this, SimCluster.LIMITS, BUFFERS, new CopyBudget()));
        var actions = new ArrayList<Action>();
        owner.apply(event, world.nanos(), actions);
        actions.forEach(action -> perform(lid, action));
    }

    @Override
    public long session() {
        return session;
    }

    @Override
    public long provenUntilNanos(long number) {
        if (cluster.mutant == SimCluster.Mutant.LEASE_NOT_CHECKED) {
            return Long.MAX_VALUE;
        }
        return number == session ? provenUntil : Long.MIN_VALUE;
    }

    @Override
    public Presence presence(ChunkId chunk) {
        return cluster.chunk(chunk).presence();
    }

    @Override
    public boolean scarce(ChunkId chunk) {
        return false;
    }

    // ---- the session ----------------------------------------------------------------------------------------------

    private void renew() {
        long sent = world.nanos();
        if (session == 0) {
            if (!opening) {
                opening = true;
                var id = new SessionId(
                        new UUID(world.random().nextLong(), world.random().nextLong()));
                callManager(() -> cluster.manager.openSession(id, name, PROCESS), outcome -> {
                    opening = false;
                    if (session == 0 && outcome instanceof Outcome.Ok<Long>(var millis)) {
                        session = ++sessions;
                        sessionId = id;
                        provenUntil = sent + millis * 1_000_000;
                        cluster.note(name + " has session " + session);
                    }
                });
                world.afterMillis(500, () -> opening = false);
            }
            return;
        }
        long number = session;
        var id = sessionId;
        callManager(() -> cluster.manager.renewSession(id), outcome -> {
            if (session != number) {
                return;
            }
            switch (outcome) {
                case Outcome.Ok<Long>(var millis) -> provenUntil = Math.max(provenUntil, sent + millis * 1_000_000);
                case Outcome.Refused<Long> refused -> {
                    cluster.note(name + " session " + number + " is over");
                    cluster.count(SimCluster.Count.OVER);
                    session = 0;
                    List.copyOf(owners.keySet()).forEach(lid -> apply(lid, new Event.SessionOver(number)));
                    renew();
                }
            }
        });
    }

    // ---- messages -------------------------------------------------------------------------------------------------

    private <T> void callManager(Supplier<T> call, Consumer<T> answered) {
        var back = mine();
        if (world.nanos() < managerCutUntil) {
            return;
        }
        cluster.deliver(Runnable::run, () -> {
            T answer = call.get();
            if (world.nanos() >= managerCutUntil) {
                cluster.deliver(back, () -> answered.accept(answer));
            }
        });
    }

    /// Requests to one chunk arrive in order, except for those that get lost or are very late.
    private <R> void callChunk(ChunkId chunk, Consumer<Completion<R>> request, Consumer<R> answered) {
        var back = mine();
        long transit = cluster.transit();
        if (transit < 0 || isCut(chunk)) {
            return;
        }
        long arrival = world.nanos() + transit;
        if (transit < 100_000_000) {
            arrival = Math.max(arrival, lastArrival.getOrDefault(chunk, 0L));
            lastArrival.put(chunk, arrival);
        }
        world.after(
                arrival - world.nanos(),
                () -> cluster.chunk(chunk)
                        .take(() -> request.accept(result -> {
                            if (!isCut(chunk)) {
                                cluster.deliver(back, () -> answered.accept(result));
                            }
                        })));
    }

    private boolean isCut(ChunkId chunk) {
        return world.nanos() < cutUntil.getOrDefault(chunk, 0L);
    }

    private void perform(Lid lid, Action action) {
        switch (action) {
            case Action.Answer(var completion, var result) -> completion.done(result);
            case Action.SendFence(var round, var chunk, var identity, var epoch) ->
                this.<FenceResult>callChunk(
                        chunk,
                        done -> cluster.chunk(chunk).model.fence(identity, epoch, done),
                        result -> apply(lid, new Event.FenceAnswered(round, chunk, result)));
            case Action.SendStamp(var round, var chunk, var pid, var epoch, var expected) ->
                this.<io.ashlar.store.WriteResult>callChunk(
                        chunk,
                        done -> {
                            cluster.chunk(chunk).model.stamp(pid, epoch, expected, done);
                            cluster.checkEqualGenerations(pid, cluster.chunk(chunk).model);
                        },
                        result -> apply(lid, new Event.StampAnswered(round, chunk, result)));
            case Action.SendWrite write -> {
                var bytes = write.sectors() == null ? null : write.sectors().retain();
                this.<io.ashlar.store.WriteResult>callChunk(
                        write.chunk(),
                        done -> {
                            cluster.chunk(write.chunk()).model.write(write.write(), bytes, write.checksums(), done);
                            cluster.checkEqualGenerations(write.write().pid(), cluster.chunk(write.chunk()).model);
                        },
                        result -> apply(
                                lid,
                                new Event.WriteAnswered(
                                        write.op(), write.write().generation().epoch(), write.lane(), result)));
            }
            case Action.SendRead read -> {
                var bytes = BUFFERS.take(read.lengthBytes());
                this.<io.ashlar.store.ReadResult>callChunk(
                        read.chunk(),
                        done -> cluster.chunk(read.chunk())
                                .model
                                .read(read.pid(), read.epoch(), read.offsetBytes(), read.lengthBytes(), bytes, done),
                        result -> apply(lid, new Event.FetchAnswered(read.fetch(), read.attempt(), result, bytes)));
            }
            case Action.AskHistory ask ->
                this.<HistoryResult>callChunk(
                        ask.source(),
                        done -> cluster.chunk(ask.source()).model.history(ask.pid(), ask.epoch(), ask.since(), done),
                        result -> apply(
                                lid, new Event.HistoryAnswered(ask.round(), ask.laggard(), ask.attempt(), result)));
            case Action.ReadPatch read ->
                this.<io.ashlar.store.ReadResult>callChunk(
                        read.source(),
                        done -> cluster.chunk(read.source())
                                .model
                                .read(
                                        read.pid(),
                                        read.epoch(),
                                        read.offsetBytes(),
                                        read.destination().bytes().remaining(),
                                        read.destination(),
                                        done),
                        result -> apply(
                                lid,
                                new Event.PatchAnswered(
                                        read.round(), read.laggard(), read.attempt(), read.index(), result)));
            case Action.SendAdvance send -> sendAdvance(lid, send);
            case Action.SendBlocks blocks -> throw new IllegalStateException("not asked for here");
            case Action.SendDigest digest -> throw new IllegalStateException("not asked for here");
            case Action.AskAcquire(var ticket, var toWrite) ->
                lease(lid, ticket, id -> cluster.manager.acquire(id, lid, toWrite));
            case Action.AskRenewEpoch(var ticket, var current) -> {
                cluster.count(SimCluster.Count.RESYNCS);
                lease(lid, ticket, id -> cluster.manager.renewEpoch(id, lid, current));
            }
            case Action.AskSynced ask -> synced(lid, ask);
            case Action.AskRemove ask -> remove(lid, ask);
            case Action.GiveBack(var epoch) -> {
                var id = sessionId;
                callManager(
                        () -> {
                            cluster.manager.release(id, lid, epoch);
                            return true;
                        },
                        done -> {});
            }
            case Action.DoubtSession doubt -> renew();
            case Action.Note(var text) -> cluster.note(name + " " + text);
        }
    }

    private void sendAdvance(Lid lid, Action.SendAdvance send) {
        this.<io.ashlar.store.WriteResult>callChunk(
                send.laggard(),
                done -> {
                    var model = cluster.chunk(send.laggard()).model;
                    long before = model.advances;
                    model.advance(send.advance(), send.data(), send.checksums(), done);
                    if (model.advances > before) {
                        cluster.count(SimCluster.Count.BROUGHT_UP);
                        cluster.note(send.laggard() + " takes " + send.advance());
                    }
                    cluster.checkEqualGenerations(send.advance().pid(), model);
                },
                result -> apply(lid, new Event.AdvanceAnswered(send.round(), send.laggard(), send.attempt(), result)));
    }

    private void lease(Lid lid, int ticket, java.util.function.Function<SessionId, LeaseResult> call) {
        long number = session;
        var id = sessionId;
        callManager(() -> call.apply(id), result -> {
            if (result instanceof LeaseResult.Granted) {
                cluster.count(SimCluster.Count.LEASES);
            }
            cluster.note(name + " " + result);
            apply(lid, new Event.LeaseAnswered(ticket, number, result));
        });
    }

    private void synced(Lid lid, Action.AskSynced ask) {
        cluster.note(name + " " + ask);
        if (cluster.mutant == SimCluster.Mutant.SYNC_NOT_RECORDED) {
            var placed = cluster.manager.placed(lid);
            var claimed = new PlacedExtent(
                    placed.pid(),
                    1,
                    List.copyOf(ask.keep()),
                    ask.locationVersion(),
                    ask.floor(),
                    true,
                    placed.replicas());
            cluster.deliver(
                    mine(),
                    () -> apply(lid, new Event.ChangeAnswered(ask.ticket(), new ChangeResult.Changed(claimed))));
        }
        callManager(
                () -> cluster.manager.synced(ask.pid(), ask.epoch(), ask.locationVersion(), ask.floor(), ask.keep()),
                result -> apply(lid, new Event.ChangeAnswered(ask.ticket(), result)));
    }

    private void remove(Lid lid, Action.AskRemove ask) {
        cluster.count(SimCluster.Count.REMOVALS);
        cluster.note(name + " " + ask);
        if (cluster.mutant == SimCluster.Mutant.ACKNOWLEDGED_BEFORE_REMOVAL) {
            var placed = cluster.manager.placed(lid);
            var left = placed.location().stream()
                    .filter(chunk -> !ask.failed().contains(chunk))
                    .toList();
            if (!left.isEmpty()) {
                var claimed = new PlacedExtent(
                        placed.pid(), 1, left, ask.locationVersion() + 1, ask.floor(), true, placed.replicas());
                cluster.deliver(
                        mine(),
                        () -> apply(lid, new Event.ChangeAnswered(ask.ticket(), new ChangeResult.Changed(claimed))));
            }
        }
        callManager(
                () -> cluster.manager.removeSegments(
                        ask.pid(), ask.epoch(), ask.locationVersion(), ask.floor(), ask.failed()),
                result -> apply(lid, new Event.ChangeAnswered(ask.ticket(), result)));
    }
}
