package io.ashlar.chunk.manager;

import static io.ashlar.base.Outcome.Kind.ALREADY_EXISTS;
import static io.ashlar.base.Outcome.Kind.INVALID;
import static io.ashlar.base.Outcome.Kind.IN_USE;
import static io.ashlar.base.Outcome.Kind.NOT_FOUND;

import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.base.Outcome.Refusal;
import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What an operator may do to the topology (CM-02..05). Decides only.
final class TopologyEdits {
    static final int MAX_OBJECTS = 50_000;

    private static final String LIST = "list the topology with: topo list";

    private TopologyEdits() {}

    static Outcome<Step<TopoObject>> create(Tables tables, Kind kind, String name, long parentId) {
        if (kind != Kind.ZONE && kind != Kind.RACK && kind != Kind.BRICK) {
            return Outcome.refused(
                    INVALID,
                    "a " + kind + " cannot be created by hand",
                    "create zones, racks and bricks; nodes and chunks come when a chunk registers");
        }
        if (tables.topo().size() >= MAX_OBJECTS) {
            return Outcome.refused(
                    IN_USE, "the topology is full with " + MAX_OBJECTS + " objects", "delete what is not used");
        }
        var problem = nameProblem(tables, 0, kind, name).or(() -> parentProblem(tables, kind, parentId));
        if (problem.isPresent()) {
            return new Outcome.Refused<>(problem.get());
        }
        var made = new TopoObject(tables.versions().nextTopoId(), kind, name, parentId, 0);
        var next = tables.withTopo(made)
                .withVersions(tables.versions().topoIdGiven().topoChanged());
        return Outcome.ok(new Step<>(next, made));
    }

    static Outcome<Step<TopoObject>> update(Tables tables, long id, String name, long parentId) {
        var object = tables.topo().get(id);
        if (object == null) {
            return notFound(id);
        }
        if (object.kind() == Kind.CLUSTER || object.kind() == Kind.CHUNK) {
            return Outcome.refused(
                    INVALID,
                    "the " + object.kind() + " object " + id
                            + " cannot be renamed or moved; a chunk's parent is always its node",
                    "move or rename the zone, rack, brick or node");
        }
        var problem =
                nameProblem(tables, id, object.kind(), name).or(() -> parentProblem(tables, object.kind(), parentId));
        if (problem.isPresent()) {
            return new Outcome.Refused<>(problem.get());
        }
        if (object.name().equals(name) && object.parentId() == parentId) {
            return Outcome.ok(new Step<>(tables, object));
        }
        boolean moved = object.parentId() != parentId;
        var next = tables.withTopo(new TopoObject(id, object.kind(), name, parentId, object.ringId()))
                .withVersions(tables.versions().topoChanged());
        if (moved) {
            next = next.withAllTopo(
                    RingIds.regenerated(next.topo())); // a new name alone moves nobody on the ring (AL-15)
        }
        return Outcome.ok(new Step<>(next, next.topo().get(id)));
    }

    static Outcome<Step<TopoObject>> delete(Tables tables, long id) {
        var object = tables.topo().get(id);
        if (object == null) {
            return notFound(id);
        }
        if (object.kind() == Kind.CLUSTER || object.kind() == Kind.CHUNK) {
            return Outcome.refused(
                    INVALID,
                    "the " + object.kind() + " object " + id + " (" + object.name() + ") cannot be deleted by hand",
                    "delete zones, racks, bricks, and nodes without chunks");
        }
        var children = tables.childrenOf(id);
        if (!children.isEmpty()) {
            return Outcome.refused(
                    IN_USE,
                    object.kind() + " " + object.name() + " has " + children.size()
                            + " object(s) below it, the first is "
                            + children.getFirst().kind() + " "
                            + children.getFirst().name(),
                    "move or delete them first");
        }
        var next = tables.withoutTopo(id).withVersions(tables.versions().topoChanged());
        if (object.kind() == Kind.NODE) {
            next = next.withAllTopo(RingIds.regenerated(next.topo()))
                    .withVersions(next.versions().nodeMapChanged());
        }
        return Outcome.ok(new Step<>(next, object));
    }

    private static Outcome<Step<TopoObject>> notFound(long id) {
        return Outcome.refused(NOT_FOUND, "topology object " + id + " does not exist", LIST);
    }

    private static Optional<Refusal> nameProblem(Tables tables, long id, Kind kind, String name) {
        var problem = ObjectName.problem(name);
        if (problem.isPresent()) {
            return Optional.of(new Refusal(INVALID, problem.get(), ObjectName.RULE));
        }
        return tables.named(kind, name)
                .filter(other -> other.id() != id)
                .map(other -> new Refusal(
                        ALREADY_EXISTS,
                        kind + " " + name + " exists already, as object " + other.id(),
                        "choose another name"));
    }

    private static Optional<Refusal> parentProblem(Tables tables, Kind kind, long parentId) {
        var parent = tables.topo().get(parentId);
        if (parent == null) {
            return Optional.of(
                    new Refusal(NOT_FOUND, "the parent, topology object " + parentId + ", does not exist", LIST));
        }
        var allowed = parentsOf(kind);
        return allowed.contains(parent.kind())
                ? Optional.empty()
                : Optional.of(new Refusal(
                        INVALID,
                        "a " + kind + " cannot be below the " + parent.kind() + " " + parent.name(),
                        "choose a parent of kind " + allowed));
    }

    private static Set<Kind> parentsOf(Kind kind) {
        return switch (kind) {
            case CLUSTER, ZONE -> EnumSet.of(Kind.CLUSTER);
            case RACK -> EnumSet.of(Kind.CLUSTER, Kind.ZONE);
            case BRICK -> EnumSet.of(Kind.CLUSTER, Kind.ZONE, Kind.RACK);
            case NODE -> EnumSet.of(Kind.CLUSTER, Kind.BRICK);
            case CHUNK -> EnumSet.of(Kind.NODE);
        };
    }
}
