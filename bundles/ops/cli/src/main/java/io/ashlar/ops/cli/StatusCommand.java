package io.ashlar.ops.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "status", description = "How the cluster is: health, nodes, copies, space.")
final class StatusCommand implements Callable<Integer> {

    private final Root root;

    StatusCommand(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        var status = root.client().get("/status");
        root.show(status, root.json() ? "" : text(status));
        return Exit.OK;
    }

    static String text(Tree status) {
        var text = new StringBuilder();
        line(text, "Cluster", status.text("clusterUuid"));
        line(text, "Health", health(status));
        line(text, "Chunks", status.number("chunksServing") + " of " + status.number("chunks") + " serving");
        line(text, "Copies", copies(status));
        var space = status.tree("space");
        line(
                text,
                "Space",
                space.size("usedBytes") + " written, " + space.size("allocatedBytes") + " allocated, of "
                        + space.size("capacityBytes"));
        var extents = status.tree("extents");
        line(
                text,
                "Extents",
                extents.number("logical") + ", of which " + extents.number("placed") + " placed, "
                        + extents.number("degraded") + " degraded, " + extents.number("unavailable") + " unavailable");
        line(text, "NBD", status.text("nbdUri"));
        line(text, "Console", status.text("consoleUrl"));
        var nodes = new Table("NODE", ">PID", "ROLES");
        status.list("nodes")
                .forEach(node -> nodes.row(
                        node.text("name"),
                        node.number("pid") == 0 ? "" : node.number("pid"),
                        node.joined("roles", ", ")));
        text.append('\n').append(nodes);
        if (!status.items("problems").isEmpty()) {
            text.append("\nProblems:\n");
            status.items("problems")
                    .forEach(problem -> text.append("  ").append(clean(problem)).append('\n'));
        }
        return text.toString();
    }

    /// What the copies are good for, in the words of the safety rules.
    static String copies(Tree status) {
        long machines = status.number("distinctMachines");
        long disks = status.number("distinctDisks");
        if (machines == 0) {
            return "no chunk has registered yet";
        }
        String where = "on " + count(machines, "machine") + ", " + count(disks, "disk");
        return machines > 1
                ? where
                : where + ": they guard against bit flips and the failure of one chunk service, nothing else";
    }

    private static String health(Tree status) {
        if (status.flag("healthy")) {
            return "healthy";
        }
        return status.flag("ready") ? "not healthy, but volumes can be used" : "not ready";
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format("%-9s%s%n", name, value.isEmpty() ? "-" : clean(value)));
    }

    private static String clean(Object value) {
        return value.toString().replaceAll("\\p{Cntrl}", "?");
    }

    static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
