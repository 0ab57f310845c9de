package io.ashlar.ops.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line of a cluster. Exit status: 0 done, 1 refused, 2 wrong command line, 3 not running or not available
/// now.
public final class Main {

    private Main() {}

    /// Runs one command and ends the process with its status.
    public static void main(String[] arguments) {
        var around = Surroundings.ofProcess();
        int status = run(around, arguments);
        around.out().flush();
        around.err().flush();
        System.exit(status);
    }

    static int run(Surroundings around, String... arguments) {
        var root = new Root(around);
        var line = new CommandLine(root, new Commands(root))
                .setOut(around.out())
                .setErr(around.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setUsageHelpAutoWidth(false)
                .setParameterExceptionHandler((e, given) -> wrongLine(around, e, given))
                .setExecutionExceptionHandler((e, _, _) -> failed(root, e));
        return line.execute(arguments);
    }

    private static int wrongLine(Surroundings around, ParameterException e, String[] given) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        boolean json = Arrays.asList(given).contains("--json");
        if (e.getCause() instanceof Failure failure) {
            tell(around, json, failure);
            return failure.exit();
        }
        String what = firstLine(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getSuggestions().isEmpty()) {
            what += " (did you mean '" + unmatched.getSuggestions().getFirst() + "'?)";
        }
        tell(around, json, Failure.usage(lowered(what), "see: " + command + " --help"));
        return Exit.USAGE;
    }

    private static int failed(Root root, Exception e) {
        if (root.debug()) {
            e.printStackTrace(root.around().err());
        }
        if (e instanceof Failure failure) {
            tell(root.around(), root.json(), failure);
            return failure.exit();
        }
        tell(
                root.around(),
                root.json(),
                new Failure(
                        Exit.REFUSED,
                        "FAILED",
                        "this program failed in an unexpected way: " + firstLine(String.valueOf(e)),
                        "run the command again with --debug and report what it prints"));
        return Exit.REFUSED;
    }

    static void tell(Surroundings around, boolean json, Failure failure) {
        var err = around.err();
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("kind", failure.kind());
            error.put("what", failure.getMessage());
            error.put("remedy", failure.remedy());
            err.println(JsonText.compact(Map.of("error", error)));
        } else {
            err.println("error: " + failure.getMessage().replaceAll("\\p{Cntrl}", "?"));
            err.println("remedy: " + failure.remedy().replaceAll("\\p{Cntrl}", "?"));
        }
        err.flush();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static String lowered(String text) {
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }
}
