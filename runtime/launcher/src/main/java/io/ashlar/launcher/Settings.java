package io.ashlar.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What one start is told, from system properties whose names begin with `ashlar.`.
///
/// @param home         the checkout (`ashlar.home`)
/// @param data         everything this cluster keeps (`ashlar.data`)
/// @param features     names of files in `features/` without `.json` (`ashlar.features`); default: all of them
/// @param repositories where third-party bundles lie (`ashlar.repositories`, separated by `:`); default:
///     `features/target/bundles`
/// @param portOffset   added to every default port (`ashlar.port.offset`)
/// @param given        all `ashlar.*` properties, for `${...}` in features
record Settings(
        Path home,
        Path data,
        List<String> features,
        List<Path> repositories,
        int portOffset,
        Map<String, String> given) {

    static Settings from(Properties properties) {
        var given = properties.stringPropertyNames().stream()
                .filter(name -> name.startsWith("ashlar."))
                .collect(Collectors.toMap(name -> name, properties::getProperty));
        var home = Path.of(need(given, "ashlar.home")).toAbsolutePath();
        var data = Path.of(need(given, "ashlar.data")).toAbsolutePath();
        var repositories = split(given.getOrDefault("ashlar.repositories", home + "/features/target/bundles"), ":")
                .map(Path::of)
                .toList();
        var features = given.containsKey("ashlar.features")
                ? split(given.get("ashlar.features"), ",").toList()
                : allFeatures(home);
        return new Settings(home, data, features, repositories, offset(given), given);
    }

    private static String need(Map<String, String> given, String name) {
        String value = given.getOrDefault(name, "");
        if (value.isBlank()) {
            throw new LaunchException("-D" + name + "=... is missing; 'runtime/ashlar up' sets it");
        }
        return value;
    }

    private static Stream<String> split(String text, String separator) {
        return Stream.of(text.split(separator)).map(String::strip).filter(part -> !part.isEmpty());
    }

    private static int offset(Map<String, String> given) {
        String text = given.getOrDefault("ashlar.port.offset", "0");
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new LaunchException("the port offset '" + text + "' is no number", e);
        }
    }

    private static List<String> allFeatures(Path home) {
        try (var files = Files.list(home.resolve("features"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .map(name -> name.substring(0, name.length() - ".json".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LaunchException("no features in " + home.resolve("features"), e);
        }
    }

    Path featureFile(String name) {
        return home.resolve("features").resolve(name + ".json");
    }
}
