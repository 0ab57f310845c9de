package io.ashlar.launcher;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Values for `${name}` in features: what was set for this start, else the feature's default.
///
/// Variables called `ashlar.port.*` are numbers; the port offset of this start is added to a default, so that several
/// clusters live on one machine.
final class Variables {

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z0-9._-]+)}");
    private static final String PORT = "ashlar.port.";
    private static final int MAX_PORT = 65_535;

    private final Map<String, String> values;

    private Variables(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /// @param given    values of this start; they win
    /// @param defaults the features' own `variables`
    static Variables of(Map<String, String> given, Map<String, Object> defaults, int portOffset) {
        var values = new HashMap<>(given);
        defaults.forEach((name, value) -> {
            if (!given.containsKey(name) && value != null) {
                values.put(name, name.startsWith(PORT) ? shifted(name, value, portOffset) : value.toString());
            }
        });
        return new Variables(values);
    }

    private static String shifted(String name, Object value, int offset) {
        if (!(value instanceof Long port)) {
            throw new LaunchException("variable " + name + " must be a number, it is '" + value + "'");
        }
        long shifted = port + offset;
        if (shifted < 1 || shifted > MAX_PORT) {
            throw new LaunchException(
                    "port offset " + offset + " moves " + name + " to " + shifted + "; ports go from 1 to " + MAX_PORT);
        }
        return Long.toString(shifted);
    }

    /// Replaces references in strings, also inside of lists and maps; anything else stays as it is.
    Object in(Object value) {
        return switch (value) {
            case String s -> in(s);
            case List<?> list -> list.stream().map(this::in).toList();
            case null, default -> value;
        };
    }

    String in(String text) {
        return REFERENCE.matcher(text).replaceAll(m -> {
            String value = values.get(m.group(1));
            if (value == null) {
                throw new LaunchException(
                        "variable " + m.group() + " has no value; start with -D" + m.group(1) + "=...");
            }
            return Matcher.quoteReplacement(value);
        });
    }

    String get(String name) {
        return in("${" + name + "}");
    }
}
