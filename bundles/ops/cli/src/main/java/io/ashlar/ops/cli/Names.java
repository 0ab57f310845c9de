package io.ashlar.ops.cli;

import io.ashlar.base.ObjectName;

/// Names on the command line, checked by the cluster's own rule before anything is sent.
final class Names {

    private Names() {}

    /// `POOL/NAME`
    record Volume(String pool, String name) {

        static Volume parse(String text) {
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw Failure.usage(
                        "'" + ObjectName.printable(text) + "' names no pool",
                        "write POOL/NAME, for example demo/disk0");
            }
            return new Volume(
                    Names.checked(text.substring(0, slash), "pool"),
                    Names.checked(text.substring(slash + 1), "volume"));
        }

        String full() {
            return pool + "/" + name;
        }

        String path() {
            return "/volumes/" + Client.encoded(pool) + "/" + Client.encoded(name);
        }
    }

    static String checked(String name, String thing) {
        ObjectName.problem(name).ifPresent(problem -> {
            throw Failure.usage("the " + thing + " cannot be called so: " + problem, ObjectName.RULE);
        });
        return name;
    }

    /// @return the cid's digits
    static String chunk(String text) {
        if (!text.matches("c?[0-9]{1,9}")) {
            throw Failure.usage(
                    "'" + ObjectName.printable(text) + "' is no chunk id",
                    "write it as 3 or c3; see: ashlar chunk list");
        }
        return text.startsWith("c") ? text.substring(1) : text;
    }
}
