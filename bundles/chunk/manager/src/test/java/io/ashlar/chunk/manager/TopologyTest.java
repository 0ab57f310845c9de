package io.ashlar.chunk.manager;

import static io.ashlar.chunk.manager.World.GIB;
import static io.ashlar.chunk.manager.World.ok;
import static io.ashlar.chunk.manager.World.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Outcome;
import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopologyTest {
    private final World world = new World();

    private TopoObject create(Kind kind, String name, long parent) {
        return ok(world.conductor.createTopo(kind, name, parent));
    }

    private Outcome.Kind refusalOf(Outcome<TopoObject> outcome) {
        return refused(outcome).kind();
    }

    private long topoVersion() {
        return new TableStore(world.store).load().versions().topo();
    }

    @Test
    void aTreeIsListedParentsFirstAndSurvivesAChangeOfLeader() {
        var zone = create(Kind.ZONE, "z1", TopoObject.CLUSTER_ID);
        var rack = create(Kind.RACK, "r1", zone.id());
        var brick = create(Kind.BRICK, "b1", rack.id());
        world.register(1, "n1", GIB);
        ok(world.conductor.updateTopo(world.topo(Kind.NODE, "n1").id(), "n1", brick.id()));

        var tree = world.conductor.published().topology();
        assertEquals(
                List.of("cluster", "z1", "r1", "b1", "n1", "c1"),
                tree.stream().map(TopoObject::name).toList());
        world.newLeader();
        assertEquals(tree, world.conductor.published().topology());
    }

    @Test
    void nodesAndChunksAreNotMadeByHand() {
        for (var kind : List.of(Kind.NODE, Kind.CHUNK, Kind.CLUSTER)) {
            assertEquals(Outcome.Kind.INVALID, refusalOf(world.conductor.createTopo(kind, "x", TopoObject.CLUSTER_ID)));
        }
        assertEquals(1, world.conductor.published().topology().size());
        assertEquals(0, world.store.commits());
    }

    @Test
    void movingANodeChangesWhereItsChunksAreAndTheRing() {
        world.chunk(1, "n1", GIB);
        world.chunk(2, "n2", GIB);
        world.chunk(3, "n3", GIB);
        world.report(1, Map.of());
        assertEquals(1, world.topo(Kind.NODE, "n1").ringId());
        var rack = create(Kind.RACK, "r1", TopoObject.CLUSTER_ID);
        var brick = create(Kind.BRICK, "b1", rack.id());
        long version = topoVersion();
        ok(world.conductor.updateTopo(world.topo(Kind.NODE, "n1").id(), "n1", brick.id()));

        assertEquals(version + 1, topoVersion());
        // two bricks now: the cluster's own (n2, n3) and b1 (n1)
        assertEquals(
                List.of(1L, 2L, 3L),
                List.of(
                        world.topo(Kind.NODE, "n2").ringId(),
                        world.topo(Kind.NODE, "n1").ringId(),
                        world.topo(Kind.NODE, "n3").ringId()));
        ok(world.reserve(1, false, 1));
        var seen = world.placement.lastView.chunks().getFirst();
        assertEquals(List.of("n1", "b1", "r1", ""), List.of(seen.node(), seen.brick(), seen.rack(), seen.zone()));

        var other = create(Kind.RACK, "r2", TopoObject.CLUSTER_ID);
        ok(world.conductor.updateTopo(brick.id(), "b1", other.id()));
        ok(world.reserve(1, false, 1));
        assertEquals(
                "r2", world.placement.lastView.chunks().getFirst().rack(), "a brick takes its nodes and chunks along");

        ok(world.conductor.updateTopo(world.topo(Kind.NODE, "n1").id(), "n1", TopoObject.CLUSTER_ID));
        ok(world.reserve(1, false, 1));
        assertEquals("", world.placement.lastView.chunks().getFirst().brick());
    }

    @Test
    void aNewNameAloneMovesNobodyOnTheRing() {
        world.register(1, "n1", GIB);
        world.register(2, "n2", GIB);
        var node = world.topo(Kind.NODE, "n2");
        var renamed = ok(world.conductor.updateTopo(node.id(), "right", node.parentId()));
        assertEquals(node.ringId(), renamed.ringId());
        assertEquals("right", renamed.name());
    }

    @Test
    void anUpdateThatChangesNothingIsNoNewVersion() {
        var rack = create(Kind.RACK, "r1", TopoObject.CLUSTER_ID);
        long version = topoVersion();
        assertEquals(rack, ok(world.conductor.updateTopo(rack.id(), "r1", TopoObject.CLUSTER_ID)));
        assertEquals(version, topoVersion());
    }

    @Test
    void parentsMustExistAndBeOfALargerKind() {
        var zone = create(Kind.ZONE, "z1", TopoObject.CLUSTER_ID);
        var rack = create(Kind.RACK, "r1", zone.id());
        var brick = create(Kind.BRICK, "b1", rack.id());
        world.register(1, "n1", GIB);
        var node = world.topo(Kind.NODE, "n1");
        var chunk = world.topo(Kind.CHUNK, "c1");

        assertEquals(Outcome.Kind.NOT_FOUND, refusalOf(world.conductor.createTopo(Kind.RACK, "r2", 999)));
        assertEquals(Outcome.Kind.INVALID, refusalOf(world.conductor.createTopo(Kind.RACK, "r2", brick.id())));
        assertEquals(Outcome.Kind.INVALID, refusalOf(world.conductor.createTopo(Kind.ZONE, "z2", zone.id())));
        assertEquals(Outcome.Kind.INVALID, refusalOf(world.conductor.updateTopo(node.id(), "n1", rack.id())));
        assertEquals(Outcome.Kind.INVALID, refusalOf(world.conductor.updateTopo(rack.id(), "r1", rack.id())));
        assertEquals(Outcome.Kind.INVALID, refusalOf(world.conductor.updateTopo(chunk.id(), "c1", brick.id())));
        assertEquals(Outcome.Kind.INVALID, refusalOf(world.conductor.updateTopo(TopoObject.CLUSTER_ID, "x", 1)));
        assertEquals(Outcome.Kind.NOT_FOUND, refusalOf(world.conductor.updateTopo(999, "x", 1)));
    }

    @Test
    void namesFollowTheRuleAndAreUniqueInTheirKind() {
        create(Kind.RACK, "r1", TopoObject.CLUSTER_ID);
        create(Kind.BRICK, "r1", TopoObject.CLUSTER_ID);
        assertEquals(
                Outcome.Kind.ALREADY_EXISTS,
                refusalOf(world.conductor.createTopo(Kind.RACK, "r1", TopoObject.CLUSTER_ID)));
        for (var name : new String[] {"", "a/b", "x".repeat(64), "\n", null}) {
            assertEquals(
                    Outcome.Kind.INVALID,
                    refusalOf(world.conductor.createTopo(Kind.RACK, name, TopoObject.CLUSTER_ID)));
        }
    }

    @Test
    void onlyWhatIsEmptyCanBeDeletedAndEmptyNodesCan() {
        var rack = create(Kind.RACK, "r1", TopoObject.CLUSTER_ID);
        var brick = create(Kind.BRICK, "b1", rack.id());
        var refusal = refused(world.conductor.deleteTopo(rack.id()));
        assertEquals(Outcome.Kind.IN_USE, refusal.kind());
        assertTrue(refusal.what().contains("BRICK b1"));
        ok(world.conductor.deleteTopo(brick.id()));
        ok(world.conductor.deleteTopo(rack.id()));
        assertEquals(Outcome.Kind.NOT_FOUND, refusalOf(world.conductor.deleteTopo(rack.id())));

        var id = world.register(1, "n1", GIB);
        world.register(2, "n2", GIB);
        assertEquals(
                Outcome.Kind.IN_USE,
                refusalOf(world.conductor.deleteTopo(world.topo(Kind.NODE, "n1").id())));
        assertEquals(
                Outcome.Kind.INVALID,
                refusalOf(
                        world.conductor.deleteTopo(world.topo(Kind.CHUNK, "c1").id())));

        world.conductor.stopping(id, "moves to n2");
        var from = World.registration(1, "n2", GIB);
        ok(world.conductor.register(from));
        ok(world.conductor.deleteTopo(world.topo(Kind.NODE, "n1").id()));
        assertEquals(1, world.topo(Kind.NODE, "n2").ringId(), "the ring closes when a node leaves");
        assertEquals(1, world.store.rows(TableStore.NODES));
    }
}
