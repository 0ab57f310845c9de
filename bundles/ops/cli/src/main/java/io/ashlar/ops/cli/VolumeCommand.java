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

@Command(name = "volume", description = "Volumes: disks that machines attach.")
final class VolumeCommand implements Runnable {

    private final Root root;

    @Spec
    CommandSpec spec;

    VolumeCommand(Root root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Makes a volume.")
    int create(
            @Parameters(paramLabel = "POOL/NAME") String name,
            @Option(
                            names = "--size",
                            paramLabel = "SIZE",
                            required = true,
                            description = "For example 4G, 512MiB, or bytes.")
                    String size,
            @Option(names = "--thick", description = "Take all space at once.") boolean thick,
            @Option(
                            names = "--replicas",
                            paramLabel = "N",
                            description = "Copies of each extent (default: the pool's).")
                    Optional<Integer> replicas,
            @Option(
                            names = "--placement",
                            paramLabel = "POLICY",
                            description = "Where copies go (default: the pool's).")
                    Optional<String> placement) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", Names.Volume.parse(name).full());
        body.put("sizeBytes", Sizes.parse(size));
        replicas.ifPresent(n -> body.put("replicas", n));
        placement.ifPresent(policy -> body.put("placement", policy));
        if (thick) {
            body.put("provision", "thick");
        }
        var volume = root.client().post("/volumes", body);
        root.show(
                volume,
                "created volume " + volume.text("name") + ": " + volume.size("sizeBytes") + ", "
                        + volume.text("replicas") + " replicas, " + volume.text("placement") + ", "
                        + volume.text("provision") + "\n");
        return Exit.OK;
    }

    @Command(description = "Lists the volumes of a pool, or of all pools.")
    int list(@Parameters(paramLabel = "POOL", arity = "0..1") Optional<String> pool) {
        String query = pool.map(name -> "?pool=" + Client.encoded(Names.checked(name, "pool")))
                .orElse("");
        var answer = root.client().get("/volumes" + query);
        root.show(answer, table(answer.list("volumes")));
        return Exit.OK;
    }

    @Command(description = "Shows one volume.")
    int show(@Parameters(paramLabel = "POOL/NAME") String name) {
        var volume = root.client().get(Names.Volume.parse(name).path());
        root.show(
                volume,
                new Table("VOLUME", volume.text("name"))
                        .row("size", volume.size("sizeBytes") + " (" + volume.text("sizeBytes") + " bytes)")
                        .row("replicas", volume.text("replicas"))
                        .row("placement", volume.text("placement"))
                        .row("provision", volume.text("provision"))
                        .row(
                                "extents",
                                volume.text("extents") + ", of which " + volume.text("placedExtents") + " placed")
                        .row("open by", volume.joined("openBy", ", ")));
        return Exit.OK;
    }

    @Command(description = "Deletes a volume that nobody has open, with all its data.")
    int delete(@Parameters(paramLabel = "POOL/NAME") String name) {
        var volume = root.client().delete(Names.Volume.parse(name).path());
        root.show(volume, "deleted volume " + volume.text("name") + "\n");
        return Exit.OK;
    }

    @Command(description = "Changes the size of a volume.")
    int resize(
            @Parameters(paramLabel = "POOL/NAME") String name,
            @Option(names = "--size", paramLabel = "SIZE", required = true, description = "The new size.") String size,
            @Option(names = "--allow-shrink", description = "Accept that what lies beyond a smaller size is lost.")
                    boolean allowShrink) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("sizeBytes", Sizes.parse(size));
        body.put("allowShrink", allowShrink);
        var volume = root.client().post(Names.Volume.parse(name).path() + "/resize", body);
        root.show(volume, "volume " + volume.text("name") + " now has " + volume.size("sizeBytes") + "\n");
        return Exit.OK;
    }

    @Command(description = "Prints where to reach a volume over NBD.")
    int uri(@Parameters(paramLabel = "POOL/NAME") String name) {
        var answer = root.client().get(Names.Volume.parse(name).path() + "/uri");
        root.show(answer, answer.text("uri") + "\n");
        return Exit.OK;
    }

    private static Object table(List<Tree> volumes) {
        if (volumes.isEmpty()) {
            return "no volumes\n";
        }
        var table = new Table("VOLUME", ">SIZE", ">REPLICAS", "PLACEMENT", "PROVISION", ">PLACED", "OPEN BY");
        volumes.forEach(volume -> table.row(
                volume.text("name"),
                volume.size("sizeBytes"),
                volume.text("replicas"),
                volume.text("placement"),
                volume.text("provision"),
                volume.text("placedExtents") + "/" + volume.text("extents"),
                volume.joined("openBy", ", ")));
        return table;
    }
}
