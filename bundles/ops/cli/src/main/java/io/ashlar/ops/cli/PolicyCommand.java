package io.ashlar.ops.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "policy", description = "Policies: the bundles that decide where data goes.")
final class PolicyCommand implements Runnable {

    private final Root root;

    @Spec
    CommandSpec spec;

    PolicyCommand(Root root) {
        this.root = root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(description = "Lists the policies that are there or were quarantined.")
    int list() {
        var answer = root.client().get("/policies");
        var table = new Table("KIND", "POLICY", "VERSION", "STATE", ">DECISIONS", ">FAILURES", "QUARANTINED");
        answer.list("policies")
                .forEach(policy -> table.row(
                        policy.text("spi"),
                        policy.text("name"),
                        policy.text("version"),
                        state(policy),
                        policy.text("decisions"),
                        policy.text("failures"),
                        policy.text("quarantined")));
        root.show(answer, table);
        return Exit.OK;
    }

    private static String state(Tree policy) {
        if (!policy.text("quarantined").isEmpty()) {
            return "quarantined";
        }
        return policy.flag("serving") ? "serving" : "stand-by";
    }
}
