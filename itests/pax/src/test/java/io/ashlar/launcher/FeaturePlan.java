package io.ashlar.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The launcher's reading of the features, for tests that start a framework of their own. The settings come from the
/// same system properties as for the launcher.
public final class FeaturePlan {

    private FeaturePlan() {}

    /// @param file where the launcher finds the jar
    public record Entry(Path file, int startLevel) {}

    public static List<Entry> bundles() {
        return plan().bundles().stream()
                .map(located -> new Entry(located.file(), located.startLevel()))
                .toList();
    }

    public static Map<String, String> framework() {
        return plan().framework();
    }

    /// The variables that are ports, by their whole name.
    public static List<String> ports() {
        return plan().ports().keySet().stream()
                .map(name -> "ashlar.port." + name)
                .toList();
    }

    static Plan plan() {
        var settings = Settings.from(System.getProperties());
        return Plan.of(
                settings.features().stream()
                        .map(name -> Feature.read(settings.featureFile(name)))
                        .toList(),
                settings);
    }
}
