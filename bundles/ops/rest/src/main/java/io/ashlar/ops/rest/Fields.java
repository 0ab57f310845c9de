package io.ashlar.ops.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ashlar.base.ObjectName;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The fields of a request's body, each read as what it has to be. A field that nobody asked for is refused: it is more
/// likely a misspelt wish than a harmless extra.
final class Fields {

    private final ObjectNode tree;

    /// @param known the names that may appear
    Fields(ObjectNode tree, Set<String> known) {
        this.tree = tree;
        tree.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw Refused.invalid(
                        "the field '" + ObjectName.printable(name) + "' is unknown",
                        "known are: " + new TreeSet<>(known));
            }
        });
    }

    String text(String name) {
        return optionalText(name).orElseThrow(() -> missing(name));
    }

    Optional<String> optionalText(String name) {
        return given(name).map(value -> {
            if (!value.isTextual()) {
                throw Refused.invalid("the field '" + name + "' is not a text", "write it in quotes");
            }
            return value.textValue();
        });
    }

    long number(String name) {
        return optionalNumber(name).orElseThrow(() -> missing(name));
    }

    Optional<Long> optionalNumber(String name) {
        return given(name).map(value -> {
            if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                throw Refused.invalid(
                        "the field '" + name + "' is not a whole number of 64 bits",
                        "write it as digits without quotes");
            }
            return value.longValue();
        });
    }

    Optional<Integer> optionalInt(String name) {
        return optionalNumber(name).map(value -> {
            if (value != value.intValue()) {
                throw Refused.invalid("the field '" + name + "' is out of range: " + value, "choose a smaller number");
            }
            return value.intValue();
        });
    }

    boolean flag(String name) {
        return given(name)
                .map(value -> {
                    if (!value.isBoolean()) {
                        throw Refused.invalid(
                                "the field '" + name + "' is neither true nor false", "write true or false");
                    }
                    return value.booleanValue();
                })
                .orElse(false);
    }

    private Optional<JsonNode> given(String name) {
        return Optional.ofNullable(tree.get(name)).filter(value -> !value.isNull());
    }

    private static Refused missing(String name) {
        return Refused.invalid("the field '" + name + "' is missing", "send it in the JSON body");
    }
}
