package io.ashlar.chunk.manager;

import static io.ashlar.base.Outcome.Kind.NOT_FOUND;
import static io.ashlar.base.Outcome.Kind.UNAVAILABLE;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.base.ChunkId;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.HeartbeatReply;
import io.ashlar.chunk.SpaceReply;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceRequest;
import io.ashlar.chunk.TopoObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The chunk manager's one writer: applies one call after the other to tables, sessions and ledger, and publishes what
/// readers see in one volatile field. Everything but [#published] is called on the manager's loop.
final class Conductor {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);

    /// What readers see.
    record Published(List<ChunkInfo> chunks, List<TopoObject> topology) {}

    /// Where a node is, by names.
    private record Place(String zone, String rack, String brick, String node) {}

    private final TableStore store;
    private final long term;
    private final Registrar registrar;
    private final PlacementEngine placement;
    private final ChunkSession.Limits limits;
    private final MonotonicClock clock;

    private final SpaceLedger ledger = new SpaceLedger();
    private final SortedMap<ChunkId, ChunkState> states = new TreeMap<>();
    private Tables stored;
    private Tables tables;
    private List<TopoObject> tree = List.of();
    private final Map<Long, Place> placeOfNode = new HashMap<>();
    private boolean tablesDoubtful;
    private long lastTickMillis;
    private long viewEpoch;
    private boolean figuresChanged;
    private volatile Published published;

    /// Loads the tables.
    Conductor(
            TableStore store,
            long term,
            UUID clusterUuid,
            PlacementEngine placement,
            ChunkSession.Limits limits,
            MonotonicClock clock) {
        this.store = store;
        this.term = term;
        this.placement = placement;
        this.limits = limits;
        this.clock = clock;
        registrar = new Registrar(clusterUuid);
        lastTickMillis = clock.millis();
        load();
        publish();
    }

    Published published() {
        return published;
    }

    Outcome<ChunkId> register(ChunkRegistration from) {
        var problem = Inputs.problem(from);
        if (problem.isPresent()) {
            return new Outcome.Refused<>(problem.get());
        }
        var outcome = change(now -> registrar.register(now, from, this::present));
        if (outcome instanceof Outcome.Ok<ChunkId>(var id)) {
            states.get(id).registered(tables.chunks().get(id), clock.millis());
            LOG.info(
                    "chunk {} registered: node {}, {}",
                    id,
                    from.nodeName(),
                    tables.chunks().get(id).address());
        }
        publish();
        return outcome;
    }

    Outcome<HeartbeatReply> heartbeat(ChunkReport report) {
        var problem = Inputs.problem(report);
        if (problem.isPresent()) {
            return new Outcome.Refused<>(problem.get());
        }
        var state = states.get(report.id());
        if (state == null) {
            return Outcome.refused(NOT_FOUND, "chunk " + report.id() + " is not known", "register it");
        }
        var before = state.session().state();
        if (!state.session().heartbeat(Inputs.shown(report.trouble()), clock.millis())) {
            return Outcome.refused(
                    NOT_FOUND, "chunk " + report.id() + " has said that it stops", "register it to use it again");
        }
        if (state.measured(report)) {
            ledger.used(report.id(), report.thinUsedBytes());
        }
        if (before != state.session().state()) {
            LOG.info(
                    "chunk {}: {} -> {} {}",
                    report.id(),
                    before,
                    state.session().state(),
                    state.session().trouble());
            publish();
        }
        figuresChanged = true;
        return Outcome.ok(new HeartbeatReply(tables.versions().topo()));
    }

    void stopping(ChunkId id, String why) {
        var state = states.get(id);
        if (state != null) {
            state.session().stopping(Inputs.shown(why));
            LOG.info("chunk {} stops: {}", id, state.session().trouble());
            publish();
        }
    }

    Outcome<TopoObject> createTopo(TopoObject.Kind kind, String name, long parentId) {
        return published(change(now -> TopologyEdits.create(now, kind, name, parentId)));
    }

    Outcome<TopoObject> updateTopo(long topoId, String name, long parentId) {
        return published(change(now -> TopologyEdits.update(now, topoId, name, parentId)));
    }

    Outcome<TopoObject> deleteTopo(long topoId) {
        return published(change(now -> TopologyEdits.delete(now, topoId)));
    }

    Outcome<List<SpaceReply>> reserve(SpaceRequest request) {
        var problem = Inputs.problem(request);
        if (problem.isPresent()) {
            return new Outcome.Refused<>(problem.get());
        }
        int manager = request.extentManager();
        if (!ledger.reported(manager)) {
            return Outcome.refused(
                    UNAVAILABLE,
                    "extent manager " + manager + " has not yet reported what it holds to this leader",
                    "try again in a moment; it reports by itself");
        }
        if (request.spaceVersion() < ledger.reportedVersion(manager)
                || !ledger.hasRoomFor(manager, request.spaceVersion())) {
            return Outcome.refused(
                    UNAVAILABLE,
                    "space version " + request.spaceVersion() + " of extent manager " + manager
                            + " does not follow its report " + ledger.reportedVersion(manager),
                    "report, then try again");
        }
        var view = view();
        var decisions = placement.place(request.policy(), Places.questions(request), view);
        var replies = Places.replies(request, decisions, view);
        for (int i = 0; i < replies.size(); i++) {
            var extent = request.extents().get(i);
            if (replies.get(i) instanceof SpaceReply.Booked booked) {
                ledger.book(manager, request.spaceVersion(), booked.chunks(), extent.thick(), extent.segmentBytes());
            }
        }
        publish();
        return Outcome.ok(replies);
    }

    Map<ChunkId, Long> report(SpaceReport report) {
        Inputs.require(report);
        ledger.report(report);
        publish();
        var measurements = new HashMap<ChunkId, Long>();
        states.forEach((id, state) -> measurements.put(id, state.measurements()));
        return Map.copyOf(measurements);
    }

    /// Publishes new figures of heartbeats; called when no call is waiting, so that a thousand chunks do not make a
    /// thousand views a second.
    void idle() {
        if (figuresChanged) {
            publish();
        }
    }

    /// Judges silences. Called every tick; one that comes late was late for the chunks' heartbeats as well, which wait
    /// in the same queue, so the delay is not held against them.
    void tick(long tickMillis) {
        long now = clock.millis();
        long late = now - lastTickMillis - tickMillis;
        lastTickMillis = now;
        boolean changed = false;
        for (var state : states.values()) {
            if (late > limits.unhealthyMillis() / 3) {
                state.session().excuse(late);
            }
            if (state.session().tick(now)) {
                changed = true;
                LOG.warn(
                        "chunk {}: {} {}",
                        state.id(),
                        state.session().state(),
                        state.session().trouble());
            }
        }
        if (changed) {
            publish();
        }
    }

    private boolean present(ChunkId id) {
        var state = states.get(id);
        return state != null && state.session().present();
    }

    private <T> Outcome<T> published(Outcome<T> outcome) {
        publish();
        return outcome;
    }

    /// Decides on the tables as they are stored, commits, and only then goes by the result.
    private <T> Outcome<T> change(Function<Tables, Outcome<Step<T>>> decision) {
        if (tablesDoubtful) {
            load();
        }
        return decision.apply(tables).then(step -> {
            tablesDoubtful = true; // unless the commit returns, nobody knows whether it happened
            store.commit(term, stored, step.next());
            tablesDoubtful = false;
            stored = step.next();
            take(step.next());
            return Outcome.ok(step.answer());
        });
    }

    private void load() {
        stored = store.load();
        take(stored.rooted());
        tablesDoubtful = false;
    }

    private void take(Tables next) {
        tables = next;
        tree = next.tree();
        placeOfNode.clear();
        for (var node : next.nodes().keySet()) {
            placeOfNode.put(
                    node,
                    new Place(
                            next.ancestorName(node, TopoObject.Kind.ZONE),
                            next.ancestorName(node, TopoObject.Kind.RACK),
                            next.ancestorName(node, TopoObject.Kind.BRICK),
                            next.ancestorName(node, TopoObject.Kind.NODE)));
        }
        states.keySet().retainAll(next.chunks().keySet());
        next.chunks().forEach((id, record) -> states.computeIfAbsent(id, key -> new ChunkState(record, limits)));
    }

    private ClusterView view() {
        var chunks = new ArrayList<ClusterView.Chunk>(states.size());
        for (var state : states.values()) {
            var place = placeOfNode.get(tables.chunks().get(state.id()).nodeId());
            chunks.add(new ClusterView.Chunk(
                    state.id(),
                    place.zone(),
                    place.rack(),
                    place.brick(),
                    place.node(),
                    state.session().eligible(),
                    false,
                    state.capacityBytes(),
                    ledger.allocated(state.id())));
        }
        return new ClusterView(++viewEpoch, chunks);
    }

    private void publish() {
        var chunks = new ArrayList<ChunkInfo>(states.size());
        for (var state : states.values()) {
            var record = tables.chunks().get(state.id());
            chunks.add(new ChunkInfo(
                    state.id(),
                    placeOfNode.get(record.nodeId()).node(),
                    state.session().state(),
                    record.host(),
                    record.port(),
                    record.machineId(),
                    record.diskId(),
                    record.directory(),
                    state.capacityBytes(),
                    ledger.allocated(state.id()),
                    ledger.used(state.id()),
                    state.segments(),
                    state.session().trouble()));
        }
        published = new Published(List.copyOf(chunks), tree);
        figuresChanged = false;
    }
}
