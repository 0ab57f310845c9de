package io.ashlar.ops.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The last step of `up`: waits until volumes can be used, makes what a newcomer needs, says what there is.
@Command(
        name = "up-summary",
        hidden = true,
        description = "Waits until the cluster is ready, makes demo/disk0, sums up.")
final class UpSummaryCommand implements Callable<Integer> {

    static final String POOL = "demo";
    static final String VOLUME = "demo/disk0";
    private static final long VOLUME_BYTES = 4L << 30;

    /// Longer than this a chunk that does not come back is not waited for: the others can serve.
    private static final int CHUNKS_SECONDS = 10;

    private final Root root;

    @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "60", description = "How long (default: 60).")
    int seconds;

    UpSummaryCommand(Root root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var client = root.client();
        var wait = new Waiting(root::progress, TimeUnit.SECONDS.toMillis(seconds));
        wait.until("the cluster to be ready", () -> notReady(client.get("/status")));
        wait.atMost(TimeUnit.SECONDS.toMillis(CHUNKS_SECONDS))
                .tryUntil("all chunks to serve", () -> notServing(client.get("/chunks")));
        wait.until("pool " + POOL, () -> made(client, "/pools", "pools", POOL, Map.of("name", POOL)));
        wait.until(
                "volume " + VOLUME,
                () -> made(client, "/volumes", "volumes", VOLUME, Map.of("name", VOLUME, "sizeBytes", VOLUME_BYTES)));
        sumUp(client);
        return Exit.OK;
    }

    /// @return what is still missing, or ""
    private static String notReady(Tree status) {
        if (status.flag("ready")) {
            return "";
        }
        // a problem's remedy, behind the dash, is of no use to somebody who waits
        String problems = status.items("problems").stream()
                .map(problem -> problem.toString().split(" - ", 2)[0])
                .collect(Collectors.joining("; "));
        return problems.isEmpty() ? "not ready" : problems;
    }

    private static String notServing(Tree answer) {
        long missing = answer.list("chunks").stream()
                .filter(chunk -> !chunk.text("state").equals("CONNECTED_HEALTHY")
                        && !chunk.text("state").equals("STOPPED")
                        && !chunk.text("service").equals("STOPPED"))
                .count();
        return missing == 0 ? "" : StatusCommand.count(missing, "chunk") + " not serving yet";
    }

    /// Makes a thing unless it is there, or somebody else just makes it.
    private static String made(Client client, String path, String list, String name, Map<String, Object> body) {
        if (client.get(path).list(list).stream()
                .anyMatch(thing -> thing.text("name").equals(name))) {
            return "";
        }
        try {
            client.post(path, body);
        } catch (Failure e) {
            if (!e.kind().equals("ALREADY_EXISTS")) {
                throw e;
            }
        }
        return "";
    }

    private void sumUp(Client client) {
        var status = client.get("/status");
        var volume = client.get(Names.Volume.parse(VOLUME).path());
        String uri = client.get(Names.Volume.parse(VOLUME).path() + "/uri").text("uri");
        String password = root.location().passwordPath().toString();
        Map<Object, Object> tree = new LinkedHashMap<>();
        tree.put("volume", VOLUME);
        tree.put("nbdUri", uri);
        tree.put("consoleUrl", status.text("consoleUrl"));
        tree.put("passwordFile", password);
        tree.put("replicas", volume.number("replicas"));
        tree.put("status", status.fields());
        root.show(new Tree(tree), text(status, volume, uri, password));
    }

    private static String text(Tree status, Tree volume, String uri, String password) {
        var text = new StringBuilder(
                status.flag("healthy") ? "The cluster is ready.\n" : "The cluster is ready, with problems:\n");
        status.items("problems")
                .forEach(problem -> text.append("  ").append(problem).append('\n'));
        return text.append("""

                  Volume    %s (%s, %s)
                  Console   %s (user admin)
                  Password  %s
                  Copies    %d %s

                Try next:
                  nbdinfo %s
                  nbdcopy disk.img %s
                  runtime/ashlar volume create demo/disk1 --size 10G
                  runtime/ashlar extent list %s
                  runtime/ashlar chunk stop 2
                  runtime/ashlar status
                """.formatted(
                                uri,
                                VOLUME,
                                volume.size("sizeBytes"),
                                status.text("consoleUrl"),
                                password,
                                volume.number("replicas"),
                                StatusCommand.copies(status),
                                uri,
                                uri,
                                VOLUME))
                .toString();
    }
}
