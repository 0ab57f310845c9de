package io.ashlar.ops.cli;

import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "session", description = "Sessions: the access points that are registered.")
final class SessionCommand implements Runnable {

    private static final double MILLIS_PER_SECOND = 1000;

    private final Root root;

    @Spec
    CommandSpec spec;

    SessionCommand(Root root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Lists the sessions.")
    int list() {
        var answer = root.client().get("/sessions");
        var sessions = answer.list("sessions");
        var table = new Table("SESSION", "NODE", ">LEASES", ">EXPIRES");
        sessions.forEach(session -> table.row(
                session.text("id"),
                session.text("node"),
                session.text("leases"),
                expires(session.number("expiresInMillis"))));
        root.show(answer, sessions.isEmpty() ? "no sessions\n" : table);
        return Exit.OK;
    }

    private static String expires(long millis) {
        return millis < 0 ? "expired" : String.format(Locale.ROOT, "in %.1f s", millis / MILLIS_PER_SECOND);
    }
}
