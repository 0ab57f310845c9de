package io.ashlar.ops.cli;

import java.io.PrintWriter;
import java.util.function.UnaryOperator;

/// What the process is given by its caller.
///
/// @param environment value of an environment variable, or null
/// @param property value of a system property, or null
/// @param out results
/// @param err progress and errors
record Surroundings(
        UnaryOperator<String> environment, UnaryOperator<String> property, PrintWriter out, PrintWriter err) {

    static Surroundings ofProcess() {
        return new Surroundings(
                System::getenv,
                System::getProperty,
                new PrintWriter(System.out, true),
                new PrintWriter(System.err, true));
    }
}
