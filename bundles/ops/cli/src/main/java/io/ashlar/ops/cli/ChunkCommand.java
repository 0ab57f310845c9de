package io.ashlar.ops.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "chunk", description = "Chunks: the data services with their disks.")
final class ChunkCommand implements Runnable {

    private final Root root;

    @Spec
    CommandSpec spec;

    ChunkCommand(Root root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Lists the chunks.")
    int list() {
        var answer = root.client().get("/chunks");
        root.show(answer, table(answer.list("chunks")));
        return Exit.OK;
    }

    @Command(description = "Stops a chunk service in order; it stays stopped until it is started again.")
    int stop(@Parameters(paramLabel = "CID") String cid) {
        return change(cid, "stop");
    }

    @Command(description = "Starts a chunk service that was stopped.")
    int start(@Parameters(paramLabel = "CID") String cid) {
        return change(cid, "start");
    }

    private int change(String cid, String what) {
        var answer = root.client().post("/chunks/" + Names.chunk(cid) + "/" + what, null);
        root.show(
                answer,
                "chunk c" + answer.text("id") + " on node " + answer.text("node") + " is "
                        + answer.text("service").toLowerCase(Locale.ROOT) + "\n");
        return Exit.OK;
    }

    private static Object table(List<Tree> chunks) {
        if (chunks.isEmpty()) {
            return "no chunks\n";
        }
        var table = new Table(
                "CHUNK", "NODE", "STATE", ">SEGMENTS", ">WRITTEN", ">ALLOCATED", ">CAPACITY", "DIRECTORY", "TROUBLE");
        chunks.forEach(chunk -> table.row(
                chunk.text("id").isEmpty() ? "" : "c" + chunk.text("id"),
                chunk.text("node"),
                state(chunk),
                chunk.text("segments"),
                chunk.size("usedBytes"),
                chunk.size("allocatedBytes"),
                chunk.size("capacityBytes"),
                chunk.text("directory"),
                trouble(chunk)));
        return table;
    }

    private static String state(Tree chunk) {
        return chunk.text("state").toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String trouble(Tree chunk) {
        return chunk.text("trouble").isEmpty() ? chunk.text("serviceTrouble") : chunk.text("trouble");
    }
}
