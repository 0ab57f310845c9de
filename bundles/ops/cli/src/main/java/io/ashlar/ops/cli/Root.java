package io.ashlar.ops.cli;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The program itself: options that every command has, and what commands need of them.
@Command(
        name = "ashlar",
        description = "Manages a cluster of Ashlar block storage.",
        mixinStandardHelpOptions = true,
        version = "Ashlar 0.1.0",
        scope = ScopeType.INHERIT,
        usageHelpWidth = 100,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:done",
            "1:refused",
            "2:wrong command line",
            "3:no cluster is running, or it cannot answer now"
        },
        subcommands = {
            StatusCommand.class,
            PoolCommand.class,
            VolumeCommand.class,
            ChunkCommand.class,
            ExtentCommand.class,
            TopoCommand.class,
            PolicyCommand.class,
            SessionCommand.class,
            UpSummaryCommand.class
        })
final class Root implements Runnable {

    private final Surroundings around;

    @Spec
    CommandSpec spec;

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON instead of tables.")
    boolean asJson;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "The cluster's data directory (default: $ASHLAR_DATA, else runtime/data).")
    Optional<String> data = Optional.empty();

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Administrator's password (default: $ASHLAR_PASSWORD, else secrets/admin.password in DIR).")
    Optional<String> passwordFile = Optional.empty();

    @Option(
            names = "--url",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "The cluster's address (default: $ASHLAR_URL, else what DIR says).")
    Optional<String> url = Optional.empty();

    @Option(names = "--debug", scope = ScopeType.INHERIT, hidden = true, description = "Print stack traces.")
    boolean debugging;

    Root(Surroundings around) {
        this.around = around;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    Surroundings around() {
        return around;
    }

    boolean json() {
        return asJson;
    }

    boolean debug() {
        return debugging;
    }

    Location location() {
        return Location.of(new Location.Options(data, passwordFile, url), around);
    }

    Client client() {
        return new Client(location());
    }

    /// Prints the table, or with `--json` the tree.
    void show(Tree tree, Object table) {
        around.out().print(asJson ? JsonText.pretty(tree.fields()) + "\n" : table.toString());
        around.out().flush();
    }

    void progress(String line) {
        around.err().println(line);
        around.err().flush();
    }
}
