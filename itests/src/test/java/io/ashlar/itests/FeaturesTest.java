package io.ashlar.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The features name what is built, in the versions of the root pom.
class FeaturesTest {

    /// Programs and test kits, which no node runs.
    private static final Set<String> NOT_ON_A_NODE = Set.of("base.kit", "alloc.kit", "meta.memory", "ops.cli");

    private static final Pattern BUNDLE = Pattern.compile("\"id\": \"([^\"]+)\", \"start-order\"");

    private static final Pattern CONFIGURATION =
            Pattern.compile("\"(io\\.ashlar\\.[a-z.]+)(?:~\\w+)?\": \\{([^}]*(?:\\$\\{[^}]*}[^}]*)*)}");
    private static final Pattern KEY = Pattern.compile("\"(\\w+)(?::\\w+)?\": ");

    private final List<String[]> coordinates = Tree.glob("features/*.json").stream()
            .flatMap(file -> BUNDLE.matcher(Tree.read(file)).results())
            .map(found -> found.group(1).split(":"))
            .toList();

    @Test
    void everyThirdPartyBundleHasTheVersionOfTheRootPom() {
        var managed = Pom.read(Tree.ROOT.resolve("pom.xml")).managed();
        for (String[] part : coordinates) {
            if (!part[0].equals("io.ashlar")) {
                assertEquals(managed.get(part[0] + ":" + part[1]), part[part.length - 1], part[0] + ":" + part[1]);
            }
        }
        assertTrue(coordinates.size() > 40, "the features were not read");
    }

    @Test
    void everyThirdPartyBundleIsFetchedByTheBuild() {
        var named = new TreeSet<String>();
        coordinates.stream()
                .filter(part -> !part[0].equals("io.ashlar"))
                .forEach(part -> named.add(part[0] + ":" + part[1] + (part.length == 5 ? ":" + part[3] : "")));
        named.add("org.apache.felix:org.apache.felix.framework");
        assertEquals(
                named,
                new TreeSet<>(Pom.read(Tree.ROOT.resolve("features/pom.xml")).artifactItems()));
    }

    @Test
    void everyBundleOfOursIsInAFeatureOrForbiddenThere() {
        var inFeatures = new TreeSet<String>();
        coordinates.stream()
                .filter(part -> part[0].equals("io.ashlar"))
                .forEach(part -> inFeatures.add(part[1].substring("io.ashlar.".length())));
        var expected = new TreeSet<>(Tree.modules().keySet());
        expected.removeAll(NOT_ON_A_NODE);
        assertEquals(expected, inFeatures);
    }

    @Test
    void noBundleIsNamedTwice() {
        var seen = new TreeSet<String>();
        var twice = coordinates.stream()
                .map(part -> String.join(":", part))
                .filter(id -> !seen.add(id))
                .toList();
        assertEquals(List.of(), twice);
    }

    @Test
    void everyConfigurationIsReadByAComponentThatKnowsItsKeys() {
        var components = new StringBuilder();
        var attributes = new StringBuilder();
        for (var module : Tree.modules().values()) {
            Tree.entries(module, "OSGI-INF/")
                    .forEach((name, text) -> (name.contains("/metatype/") ? attributes : components).append(text));
        }
        var wrong = new TreeSet<String>();
        Tree.glob("features/*.json")
                .forEach(file -> CONFIGURATION
                        .matcher(Tree.read(file))
                        .results()
                        .forEach(found -> {
                            if (!components.toString().contains("\"" + found.group(1) + "\"")) {
                                wrong.add("no component reads " + found.group(1));
                            }
                            KEY.matcher(found.group(2))
                                    .results()
                                    .filter(key -> !attributes.toString().contains("id=\"" + key.group(1) + "\""))
                                    .forEach(key -> wrong.add(found.group(1) + " has no key " + key.group(1)));
                        }));
        assertEquals(Set.of(), wrong);
    }
}
