package io.ashlar.ops.rest;

import static io.ashlar.ops.rest.Answers.need;
import static io.ashlar.ops.rest.Answers.value;

import io.ashlar.base.ObjectName;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.chunk.TopoObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The topology tree: zones, racks, bricks, nodes, chunks (CM-03).
final class TopologyRoutes {

    private static final Set<String> CREATE = Set.of("kind", "name", "parentId");
    private static final Set<String> UPDATE = Set.of("name", "parentId");

    /// More steps upwards mean a tree that is broken.
    private static final int MAX_LEVELS = TopoObject.Kind.values().length;

    private final Parts parts;

    TopologyRoutes(Parts parts) {
        this.parts = parts;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/topology", _ -> Answers.list("topology", Json.array(tree(), Views::topo))),
                new Route("POST", "/topology", this::create),
                new Route("GET", "/topology/{id}", call -> Answers.ok(Views.topo(find(call)))),
                new Route("PATCH", "/topology/{id}", this::update),
                new Route("POST", "/topology/{id}/update", this::update),
                new Route(
                        "DELETE",
                        "/topology/{id}",
                        call -> Answers.ok(Views.topo(value(chunks().deleteTopo(id(call)))))),
                new Route("GET", "/chunks/{cid}/topology", this::ofChunk));
    }

    private Response create(Route.Call call) {
        var fields = new Fields(Json.parse(call.request().body().read()), CREATE);
        var kind = kind(fields.text("kind"));
        long parent = fields.optionalNumber("parentId").orElse(TopoObject.CLUSTER_ID);
        return Answers.created(Views.topo(value(chunks().createTopo(kind, fields.text("name"), parent))));
    }

    /// What the body does not name stays as it is.
    private Response update(Route.Call call) {
        var fields = new Fields(Json.parse(call.request().body().read()), UPDATE);
        var now = find(call);
        String name = fields.optionalText("name").orElse(now.name());
        long parent = fields.optionalNumber("parentId").orElse(now.parentId());
        return Answers.ok(Views.topo(value(chunks().updateTopo(now.id(), name, parent))));
    }

    /// The path from the chunk (or, where it is no object of the tree, its node) up to the cluster.
    private Response ofChunk(Route.Call call) {
        var id = ChunkRoutes.chunkId(call.variable("cid"));
        var tree = tree();
        var chunk = chunks().chunks().stream()
                .filter(info -> info.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () -> Refused.notFound("chunk " + id + " does not exist", "list the chunks with: chunk list"));
        var start = named(tree, TopoObject.Kind.CHUNK, id.toString())
                .or(() -> named(tree, TopoObject.Kind.NODE, chunk.node()));
        var path = new ArrayList<TopoObject>();
        start.ifPresent(lowest -> climb(tree, lowest, path));
        return Answers.ok(Json.object().put("chunk", id.value()).set("path", Json.array(path, Views::topo)));
    }

    private static Optional<TopoObject> named(List<TopoObject> tree, TopoObject.Kind kind, String name) {
        return tree.stream()
                .filter(object -> object.kind() == kind && object.name().equals(name))
                .findFirst();
    }

    private static void climb(List<TopoObject> tree, TopoObject start, List<TopoObject> path) {
        var at = start;
        for (int level = 0; level < MAX_LEVELS; level++) {
            path.add(at);
            long parent = at.parentId();
            var above = tree.stream().filter(object -> object.id() == parent).findFirst();
            if (above.isEmpty() || above.get().equals(at)) {
                return;
            }
            at = above.get();
        }
    }

    private TopoObject find(Route.Call call) {
        long id = id(call);
        return tree().stream()
                .filter(object -> object.id() == id)
                .findFirst()
                .orElseThrow(() ->
                        Refused.notFound("topology object " + id + " does not exist", "list them with: topo list"));
    }

    private static long id(Route.Call call) {
        String text = call.variable("id");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Refused.invalid(
                    "'" + ObjectName.printable(text) + "' is no topology id", "list them with: topo list");
        }
    }

    private static TopoObject.Kind kind(String text) {
        for (var kind : TopoObject.Kind.values()) {
            if (kind.name().equals(text.toUpperCase(Locale.ROOT))) {
                return kind;
            }
        }
        throw Refused.invalid(
                "'" + ObjectName.printable(text) + "' is no kind of topology object",
                "kinds are: " + Arrays.toString(TopoObject.Kind.values()));
    }

    private List<TopoObject> tree() {
        return chunks().topology();
    }

    private ChunkManager chunks() {
        return need(parts.chunks(), "the chunk manager");
    }
}
