package io.ashlar.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One OSGi feature file: bundles with start levels, configurations by PID, variables, framework properties.
///
/// @param id             Maven coordinates of the feature itself
/// @param configurations by PID, factory configurations as `factory~name`; references to variables not yet replaced
/// @param framework      the extension `framework-launching-properties`
record Feature(
        String id,
        List<BundleEntry> bundles,
        Map<String, Map<String, Object>> configurations,
        Map<String, Object> variables,
        Map<String, String> framework) {

    static final int DEFAULT_START_LEVEL = 20;

    private static final String START_LEVEL = "start-order";
    private static final String LAUNCHING = "framework-launching-properties";

    /// @param startLevel at which the bundle starts; from the bundle's metadata `start-order`
    record BundleEntry(Artifact artifact, int startLevel) {}

    Feature {
        bundles = List.copyOf(bundles);
    }

    /// @throws LaunchException if the file is missing or is no feature
    static Feature read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new LaunchException("feature " + file + " cannot be read: " + e.getMessage(), e);
        } catch (LaunchException e) {
            throw new LaunchException("feature " + file + ": " + e.getMessage(), e);
        }
    }

    static Feature parse(String text) {
        var json = Json.object(text);
        if (!(json.get("id") instanceof String id)) {
            throw new LaunchException("'id' is missing");
        }
        var configurations = new LinkedHashMap<String, Map<String, Object>>();
        map(json, "configurations").forEach((pid, value) -> configurations.put(pid, asMap(pid, value)));
        return new Feature(id, bundles(json), configurations, map(json, "variables"), launching(json));
    }

    private static List<BundleEntry> bundles(Map<String, Object> json) {
        var bundles = new ArrayList<BundleEntry>();
        if (json.getOrDefault("bundles", List.of()) instanceof List<?> entries) {
            entries.forEach(entry -> bundles.add(bundle(entry)));
            return bundles;
        }
        throw new LaunchException("'bundles' is not a list");
    }

    private static BundleEntry bundle(Object entry) {
        var map = asMap("an entry of 'bundles'", entry);
        if (!(map.get("id") instanceof String id)) {
            throw new LaunchException("a bundle without 'id'");
        }
        return switch (map.get(START_LEVEL)) {
            case null -> new BundleEntry(Artifact.parse(id), DEFAULT_START_LEVEL);
            case Long level when level > 0 && level < 100 -> new BundleEntry(Artifact.parse(id), level.intValue());
            case Object other -> throw new LaunchException(id + ": '" + START_LEVEL + "' is " + other);
        };
    }

    private static Map<String, String> launching(Map<String, Object> json) {
        var properties = new LinkedHashMap<String, String>();
        var extension = map(json, "extensions").get(LAUNCHING);
        if (extension != null) {
            map(asMap(LAUNCHING, extension), "json")
                    .forEach((key, value) -> properties.put(key, String.valueOf(value)));
        }
        return properties;
    }

    private static Map<String, Object> map(Map<String, Object> json, String key) {
        return asMap("'" + key + "'", json.getOrDefault(key, Map.of()));
    }

    private static Map<String, Object> asMap(String what, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new LaunchException(what + " is not an object");
        }
        var typed = new LinkedHashMap<String, Object>();
        map.forEach((key, entry) -> typed.put((String) key, entry));
        return typed;
    }
}
