package io.ashlar.ops.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "extent", description = "Extents: the 256 MiB pieces of a volume.")
final class ExtentCommand implements Runnable {

    private static final int PAGE = 10_000;

    private final Root root;

    @Spec
    CommandSpec spec;

    ExtentCommand(Root root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Lists the extents of a volume: where they are, and why there.")
    int list(@Parameters(paramLabel = "POOL/NAME") String name) {
        var answer = everything(root.client(), Names.Volume.parse(name).path());
        root.show(answer, root.json() ? "" : table(answer.list("extents")));
        return Exit.OK;
    }

    /// Asks page by page until all extents are there.
    private static Tree everything(Client client, String volume) {
        var all = new ArrayList<Object>();
        while (true) {
            var page = client.get(volume + "/extents?from=" + all.size() + "&limit=" + PAGE);
            all.addAll(page.items("extents"));
            if (page.items("extents").isEmpty() || all.size() >= page.number("total")) {
                var fields = new LinkedHashMap<Object, Object>(page.fields());
                fields.put("extents", all);
                return new Tree(fields);
            }
        }
    }

    @Command(
            description =
                    "Reads all copies of a volume's extents whole and compares them; exit status 1 when they differ.")
    int verify(@Parameters(paramLabel = "POOL/NAME") String name) {
        var answer = root.client().postLong(Names.Volume.parse(name).path() + "/verify", null);
        root.show(answer, root.json() ? "" : comparison(answer));
        return answer.flag("identical") ? Exit.OK : Exit.REFUSED;
    }

    private static Object table(List<Tree> extents) {
        var table =
                new Table(">INDEX", "LID", "PID", "LOCATION", "ALIVE", "GENERATION", "LEASE", "POLICY", "STATE", "WHY");
        extents.forEach(extent -> table.row(
                extent.text("index"),
                extent.text("lid"),
                extent.text("pid"),
                extent.chunks("location"),
                extent.chunks("aliveLocation"),
                extent.text("pid").isEmpty() ? "" : extent.text("generation"),
                extent.text("leaseOwner"),
                extent.text("policy"),
                state(extent),
                extent.text("why")));
        return table;
    }

    private static String state(Tree extent) {
        if (!extent.flag("known")) {
            return "unknown";
        }
        if (extent.text("pid").isEmpty()) {
            return "not placed";
        }
        return extent.flag("degraded") ? "degraded" : "ok";
    }

    private static String comparison(Tree answer) {
        var extents = answer.list("extents");
        var text = new StringBuilder();
        for (var extent : extents) {
            if (!extent.flag("identical")) {
                text.append("extent ")
                        .append(extent.text("index"))
                        .append(" (")
                        .append(extent.text("pid"))
                        .append(") differs: ")
                        .append(extent.text("detail"))
                        .append('\n');
                var table = new Table("CHUNK", "GENERATION", "DIGEST");
                extent.list("replicas")
                        .forEach(replica -> table.row(
                                "c" + replica.text("chunk"), replica.text("generation"), replica.text("digest")));
                text.append(table);
            }
        }
        long copies = extents.stream()
                .mapToLong(extent -> extent.items("replicas").size())
                .sum();
        String read = StatusCommand.count(extents.size(), "extent") + ", " + copies + " copies read";
        return text.append(answer.flag("identical") ? "identical: " : "DIFFERENT: ")
                .append(read)
                .append('\n')
                .toString();
    }
}
