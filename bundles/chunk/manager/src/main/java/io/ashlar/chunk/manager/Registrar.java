package io.ashlar.chunk.manager;

import static io.ashlar.base.Outcome.Kind.ALREADY_EXISTS;
import static io.ashlar.base.Outcome.Kind.INVALID;
import static io.ashlar.base.Outcome.Kind.IN_USE;

import io.ashlar.base.ChunkId;
import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.base.Outcome.Refusal;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/// Decides what a chunk's registration does to the tables (CM-06, CM-11): a new chunk and perhaps its node, a known
/// chunk that moved, nothing, or a refusal.
final class Registrar {
    static final int MAX_CHUNKS = 10_000;

    private final UUID clusterUuid;

    Registrar(UUID clusterUuid) {
        this.clusterUuid = clusterUuid;
    }

    /// @param alive whether a chunk is heard of now
    Outcome<Step<ChunkId>> register(Tables tables, ChunkRegistration from, Predicate<ChunkId> alive) {
        var known = tables.chunks().values().stream()
                .filter(chunk -> chunk.storeUuid().equals(from.storeUuid()))
                .findFirst();
        var problem =
                clusterProblem(from).or(() -> clash(tables, from, known, alive)).or(() -> nodeProblem(tables, from));
        if (problem.isPresent()) {
            return new Outcome.Refused<>(problem.get());
        }
        if (known.isEmpty() && tables.chunks().size() >= MAX_CHUNKS) {
            return Outcome.refused(
                    IN_USE, "the cluster has " + MAX_CHUNKS + " chunks, which is the most", "remove one first");
        }
        var withNode = ensureNode(tables, from.nodeName());
        return Outcome.ok(known.isPresent() ? again(withNode, known.get(), from) : anew(withNode, from));
    }

    private Optional<Refusal> clusterProblem(ChunkRegistration from) {
        return clusterUuid.equals(from.clusterUuid())
                ? Optional.empty()
                : Optional.of(new Refusal(
                        INVALID,
                        "the chunk directory " + ObjectName.printable(from.directory()) + " belongs to cluster "
                                + from.clusterUuid() + ", this is cluster " + clusterUuid,
                        "point the chunk at its own cluster, or give it an empty directory"));
    }

    private static Optional<Refusal> clash(
            Tables tables, ChunkRegistration from, Optional<ChunkRecord> known, Predicate<ChunkId> alive) {
        var address = ChunkRecord.addressOf(from.host(), from.port(), from.directory());
        var copy = known.filter(chunk -> !chunk.address().equals(address) && alive.test(chunk.id()));
        if (copy.isPresent()) {
            return Optional.of(
                    new Refusal(
                            IN_USE,
                            "the store " + from.storeUuid() + " is served already, as chunk "
                                    + copy.get().id() + " at " + copy.get().address(),
                            "stop that one first; if it has died, try again in ten seconds; never run a copy of a chunk directory"));
        }
        return tables.chunks().values().stream()
                .filter(chunk -> !chunk.storeUuid().equals(from.storeUuid()))
                .filter(chunk -> chunk.address().equals(address) && alive.test(chunk.id()))
                .findFirst()
                .map(chunk -> new Refusal(
                        ALREADY_EXISTS,
                        ObjectName.printable(address) + " is the address of chunk " + chunk.id()
                                + ", which is alive with another store",
                        "give this chunk another port, or stop the other one"));
    }

    /// A node is found by the name that its chunks call it by. Another node may bear that name by now, given by the
    /// operator.
    private static Optional<Refusal> nodeProblem(Tables tables, ChunkRegistration from) {
        if (nodeOf(tables, from.nodeName()).isPresent()) {
            return Optional.empty();
        }
        return tables.named(Kind.NODE, from.nodeName())
                .map(other -> new Refusal(
                        ALREADY_EXISTS,
                        "the node name " + from.nodeName() + " was given to another node, object " + other.id(),
                        "rename that node, or choose another node name for the chunk"));
    }

    private static Optional<NodeRecord> nodeOf(Tables tables, String registeredName) {
        return tables.nodes().values().stream()
                .filter(node -> node.registeredName().equals(registeredName))
                .findFirst();
    }

    private static Tables ensureNode(Tables tables, String name) {
        if (nodeOf(tables, name).isPresent()) {
            return tables;
        }
        long id = tables.versions().nextTopoId();
        var next = tables.withTopo(new TopoObject(id, Kind.NODE, name, TopoObject.CLUSTER_ID, 0))
                .withNode(new NodeRecord(id, name))
                .withVersions(tables.versions().topoIdGiven());
        return next.withAllTopo(RingIds.regenerated(next.topo()));
    }

    private static Step<ChunkId> anew(Tables tables, ChunkRegistration from) {
        long nodeId = nodeOf(tables, from.nodeName()).orElseThrow().topoId();
        var versions = tables.versions();
        var id = new ChunkId(versions.nextChunkId());
        long topoId = versions.nextTopoId();
        var next = tables.withTopo(new TopoObject(topoId, Kind.CHUNK, id.toString(), nodeId, 0))
                .withChunk(ChunkRecord.of(id, topoId, nodeId, from))
                .withVersions(
                        versions.chunkIdGiven().topoIdGiven().topoChanged().nodeMapChanged());
        return new Step<>(next, id);
    }

    private static Step<ChunkId> again(Tables tables, ChunkRecord known, ChunkRegistration from) {
        long nodeId = nodeOf(tables, from.nodeName()).orElseThrow().topoId();
        var record = ChunkRecord.of(known.id(), known.topoId(), nodeId, from);
        if (record.equals(known)) {
            return new Step<>(tables, known.id());
        }
        var versions = tables.versions();
        var next = tables.withChunk(record);
        if (nodeId != known.nodeId()) { // the disk was carried to another machine
            next = next.withTopo(
                    new TopoObject(known.topoId(), Kind.CHUNK, known.id().toString(), nodeId, 0));
            versions = versions.topoChanged();
        }
        if (nodeId != known.nodeId() || !record.address().equals(known.address())) {
            versions = versions.nodeMapChanged();
        }
        return new Step<>(next.withVersions(versions), known.id());
    }
}
