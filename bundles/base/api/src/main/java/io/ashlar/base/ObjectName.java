package io.ashlar.base;

import java.util.Optional;
import java.util.regex.Pattern;

/// The rule for names of pools and volumes, the same at every door: letters, digits, `.`, `_`, `-`; the first a letter
/// or digit; at most 63 characters. So a name is safe in a URI, a file name, a log line and a shell.
public final class ObjectName {
    public static final int MAX_CHARACTERS = 63;
    public static final String RULE = "use 1 to 63 letters, digits, '.', '_' or '-', beginning with a letter or digit";

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    private ObjectName() {}

    /// @return what is wrong with the name, in words that are safe to print, or empty when it is good
    public static Optional<String> problem(String name) {
        if (name == null || name.isEmpty()) {
            return Optional.of("the name is empty");
        }
        if (name.length() > MAX_CHARACTERS) {
            return Optional.of("the name has " + name.length() + " characters");
        }
        return VALID.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("the name '" + printable(name) + "' has a forbidden character");
    }

    /// @return the text with everything but printable ASCII replaced by `?`, cut to 80 characters: fit for a message or
    ///     log
    public static String printable(String text) {
        String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
        return shown.replaceAll("[^ -~]", "?");
    }
}
