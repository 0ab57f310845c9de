package io.ashlar.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What is to be started: features put together, artifacts found, variables replaced. Made before anything is started,
/// so that a mistake in a feature ends the start with nothing half done.
///
/// @param bundles        in start level order, without duplicates
/// @param configurations by PID
/// @param framework      framework properties
/// @param ports          effective ports by their short name (`nbd`, `http`, ...)
record Plan(
        List<Located> bundles,
        Map<String, Dictionary<String, Object>> configurations,
        Map<String, String> framework,
        Map<String, String> ports) {

    private static final String PORT = "ashlar.port.";

    /// @param copied true if the framework must keep a copy, since the file may be replaced while it runs
    record Located(Artifact artifact, Path file, int startLevel, boolean copied) {}

    static Plan of(List<Feature> features, Settings settings) {
        var defaults = new LinkedHashMap<String, Object>();
        features.forEach(feature -> defaults.putAll(feature.variables()));
        var variables = Variables.of(settings.given(), defaults, settings.portOffset());

        var configurations = new TreeMap<String, Dictionary<String, Object>>();
        var framework = new TreeMap<String, String>();
        for (var feature : features) {
            feature.configurations().forEach((pid, json) -> {
                if (configurations.put(pid, ConfigValue.dictionary(json, variables)) != null) {
                    throw new LaunchException(feature.id() + ": configuration " + pid + " is in another feature too");
                }
            });
            feature.framework().forEach((key, value) -> framework.put(key, variables.in(value)));
        }
        var ports = defaults.keySet().stream()
                .filter(name -> name.startsWith(PORT))
                .collect(Collectors.toMap(name -> name.substring(PORT.length()), variables::get));
        return new Plan(locate(features, settings), configurations, framework, ports);
    }

    private static List<Located> locate(List<Feature> features, Settings settings) {
        var artifacts = new Artifacts(settings.home(), settings.repositories());
        var entries = new LinkedHashSet<Feature.BundleEntry>();
        features.forEach(feature -> entries.addAll(feature.bundles()));
        var missing = new ArrayList<String>();
        var found = new ArrayList<Located>();
        for (var entry : entries) {
            try {
                var file = artifacts.find(entry.artifact());
                found.add(new Located(
                        entry.artifact(), file, entry.startLevel(), Artifacts.isBuiltHere(entry.artifact())));
            } catch (LaunchException e) {
                missing.add(e.getMessage());
            }
        }
        if (!missing.isEmpty()) {
            throw new LaunchException(String.join("\n  ", missing));
        }
        found.sort((a, b) -> Integer.compare(a.startLevel(), b.startLevel()));
        return found;
    }
}
