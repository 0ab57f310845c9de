package io.ashlar.ops.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "topo", description = "Topology: zones, racks, bricks and nodes.")
final class TopoCommand implements Runnable {

    private static final int DEEPEST = 6;

    private final Root root;

    @Spec
    CommandSpec spec;

    TopoCommand(Root root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Shows the tree.")
    int list() {
        var answer = root.client().get("/topology");
        root.show(answer, table(answer.list("topology")));
        return Exit.OK;
    }

    @Command(description = "Shows one object.")
    int show(@Parameters(paramLabel = "ID") long id) {
        var object = root.client().get("/topology/" + id);
        root.show(object, table(List.of(object)));
        return Exit.OK;
    }

    @Command(description = "Shows where a chunk is: its node and all that it lies in.")
    int chunk(@Parameters(paramLabel = "CID") String cid) {
        var answer = root.client().get("/chunks/" + Names.chunk(cid) + "/topology");
        root.show(answer, table(answer.list("path")));
        return Exit.OK;
    }

    @Command(description = "Makes a zone, rack or brick.")
    int create(
            @Parameters(paramLabel = "zone|rack|brick") String kind,
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--parent", paramLabel = "ID", description = "What it lies in (default: the cluster).")
                    Optional<Long> parent) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("kind", kind);
        body.put("name", name);
        parent.ifPresent(id -> body.put("parentId", id));
        return changed("created", root.client().post("/topology", body));
    }

    @Command(description = "Moves an object, with all that is below it.")
    int move(
            @Parameters(paramLabel = "ID") long id,
            @Option(
                            names = "--parent",
                            paramLabel = "ID",
                            required = true,
                            description = "The new parent; 1 is the cluster.")
                    long parent) {
        return changed("moved", root.client().post("/topology/" + id + "/update", Map.of("parentId", parent)));
    }

    @Command(description = "Renames an object.")
    int rename(@Parameters(paramLabel = "ID") long id, @Parameters(paramLabel = "NAME") String name) {
        return changed("renamed", root.client().post("/topology/" + id + "/update", Map.of("name", name)));
    }

    @Command(description = "Deletes an object that has no children.")
    int delete(@Parameters(paramLabel = "ID") long id) {
        return changed("deleted", root.client().delete("/topology/" + id));
    }

    private int changed(String what, Tree object) {
        root.show(object, what + " " + kind(object) + " " + object.text("name") + " (id " + object.text("id") + ")\n");
        return Exit.OK;
    }

    /// Each object under what it lies in; what hangs on nothing that is shown begins a tree of its own.
    private static Object table(List<Tree> objects) {
        var table = new Table("OBJECT", "KIND", ">ID", ">PARENT", ">RING");
        var ids = objects.stream().map(object -> object.number("id")).toList();
        objects.stream()
                .filter(object -> isTop(object) || !ids.contains(object.number("parentId")))
                .forEach(top -> branch(table, top, objects, 0));
        return table;
    }

    private static void branch(Table table, Tree object, List<Tree> objects, int depth) {
        table.row(
                "  ".repeat(depth) + object.text("name"),
                kind(object),
                object.text("id"),
                object.text("parentId"),
                object.number("ringId") == 0 ? "" : object.text("ringId"));
        if (depth < DEEPEST) {
            objects.stream()
                    .filter(other -> !isTop(other) && other.number("parentId") == object.number("id"))
                    .forEach(child -> branch(table, child, objects, depth + 1));
        }
    }

    private static boolean isTop(Tree object) {
        return object.number("parentId") == object.number("id");
    }

    private static String kind(Tree object) {
        return object.text("kind").toLowerCase(Locale.ROOT);
    }
}
