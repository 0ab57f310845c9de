package io.ashlar.launcher;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;

/// Turns JSON values into configuration values as the OSGi Configurator specification has it.
///
/// Numbers are `Long` or `Double`, lists are arrays; a key may name its type: `"port:Integer": 10809`.
final class ConfigValue {

    private ConfigValue() {}

    static Dictionary<String, Object> dictionary(Map<String, Object> json, Variables variables) {
        var properties = new Hashtable<String, Object>();
        json.forEach((key, value) -> {
            int colon = key.lastIndexOf(':');
            String name = colon < 0 ? key : key.substring(0, colon);
            String type = colon < 0 ? "" : key.substring(colon + 1);
            if (value == null) {
                throw new LaunchException("configuration key '" + key + "' has no value");
            }
            properties.put(name, typed(key, type, variables.in(value)));
        });
        return properties;
    }

    private static Object typed(String key, String type, Object value) {
        if (value instanceof List<?> list) {
            String element = type.endsWith("[]") ? type.substring(0, type.length() - 2) : type;
            var values = list.stream().map(each -> scalar(key, element, each)).toList();
            Class<?> component =
                    values.isEmpty() ? String.class : values.getFirst().getClass();
            Object array = Array.newInstance(component, values.size());
            for (int i = 0; i < values.size(); i++) {
                Array.set(array, i, values.get(i));
            }
            return array;
        }
        return scalar(key, type, value);
    }

    private static Object scalar(String key, String type, Object value) {
        try {
            return switch (type) {
                case "" -> value;
                case "String" -> value.toString();
                case "Integer" -> Integer.valueOf(value.toString());
                case "Long" -> Long.valueOf(value.toString());
                case "Double" -> Double.valueOf(value.toString());
                case "Boolean" -> Boolean.valueOf(value.toString());
                default -> throw new LaunchException("configuration key '" + key + "': unknown type " + type);
            };
        } catch (NumberFormatException e) {
            throw new LaunchException("configuration key '" + key + "': '" + value + "' is no " + type, e);
        }
    }

    /// Text that differs when the value or its type differs.
    static String describe(Object value) {
        if (value instanceof Object[] array) {
            return value.getClass().getComponentType().getName() + Arrays.asList(array);
        }
        return value.getClass().getName() + ":" + value;
    }
}
