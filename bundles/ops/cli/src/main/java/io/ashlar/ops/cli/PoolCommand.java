package io.ashlar.ops.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "pool", description = "Pools: what their volumes are like unless they say otherwise.")
final class PoolCommand implements Runnable {

    private final Root root;

    @Spec
    CommandSpec spec;

    PoolCommand(Root root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Lists the pools.")
    int list() {
        var answer = root.client().get("/pools");
        root.show(answer, table(answer.list("pools")));
        return Exit.OK;
    }

    @Command(description = "Makes a pool.")
    int create(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--replicas", paramLabel = "N", description = "Copies of each extent (default: 3).")
                    Optional<Integer> replicas,
            @Option(names = "--placement", paramLabel = "POLICY", description = "Where copies go (default: even).")
                    Optional<String> placement,
            @Option(
                            names = "--provision",
                            paramLabel = "thin|thick",
                            description = "When space is taken (default: thin).")
                    Optional<String> provision) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", Names.checked(name, "pool"));
        replicas.ifPresent(n -> body.put("replicas", n));
        placement.ifPresent(policy -> body.put("placement", policy));
        provision.ifPresent(policy -> body.put("provision", policy));
        var pool = root.client().post("/pools", body);
        root.show(
                pool,
                "created pool " + pool.text("name") + ": " + pool.text("replicas") + " replicas, "
                        + pool.text("placement") + ", " + pool.text("provision") + "\n");
        return Exit.OK;
    }

    private static Object table(List<Tree> pools) {
        if (pools.isEmpty()) {
            return "no pools\n";
        }
        var table = new Table("POOL", ">REPLICAS", "PLACEMENT", "PROVISION", ">VOLUMES", ">SIZE");
        pools.forEach(pool -> table.row(
                pool.text("name"),
                pool.text("replicas"),
                pool.text("placement"),
                pool.text("provision"),
                pool.text("volumes"),
                pool.size("sizeBytes")));
        return table;
    }
}
