package io.ashlar.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The dependency rule, read from the manifests: who imports whom, and which libraries.
class ArrowsTest {

    /// What everybody may import.
    private static final List<String> COMMON = List.of("org.osgi.", "org.slf4j");

    private static final Set<String> PLATFORM = ModuleLayer.boot().modules().stream()
            .flatMap(module -> module.getPackages().stream())
            .collect(Collectors.toSet());

    private final Map<String, Tree.Module> modules = Tree.modules();
    private final Map<String, String> owners = new HashMap<>();

    ArrowsTest() {
        modules.values().forEach(module -> module.exports().keySet().forEach(p -> owners.put(p, module.name())));
    }

    @Test
    void everyArrowBetweenBundlesIsAllowed() {
        var allowed = Tree.table("arrows.txt");
        var wrong = new TreeSet<String>();
        for (var module : modules.values()) {
            var permitted = allowed.getOrDefault(module.name(), List.of());
            for (String target : targets(module)) {
                if (!permitted.contains(target)) {
                    wrong.add(module.name() + " -> " + target);
                }
            }
        }
        assertEquals(Set.of(), wrong, "not in cnf/arrows.txt");
    }

    @Test
    void everyBundleHasALineEvenIfItNeedsNothing() {
        var missing = new TreeSet<>(modules.keySet());
        missing.removeAll(Tree.table("arrows.txt").keySet());
        assertEquals(Set.of(), missing, "no line in cnf/arrows.txt");
        var gone = new TreeSet<>(Tree.table("arrows.txt").keySet());
        gone.removeAll(modules.keySet());
        assertEquals(Set.of(), gone, "in cnf/arrows.txt, but no bundle");
    }

    @Test
    void allowedArrowsLeadToApisAndLibrariesOnly() {
        var wrong = new ArrayList<String>();
        Tree.table("arrows.txt")
                .forEach((from, targets) -> targets.stream()
                        .filter(to -> !to.endsWith(".api") && !to.startsWith("lib."))
                        .forEach(to -> wrong.add(from + " -> " + to)));
        assertEquals(List.of(), wrong);
    }

    @Test
    void apisDependOnApisBelowThemOnly() {
        var below = new HashMap<String, Set<String>>();
        modules.values().stream().filter(Tree.Module::isApi).forEach(m -> below.put(m.name(), targets(m)));
        below.forEach((name, targets) -> {
            assertTrue(targets.stream().allMatch(t -> t.endsWith(".api")), name + " -> " + targets);
            assertTrue(!reaches(below, name, name, below.size()), name + " depends on itself in a circle");
        });
    }

    @Test
    void noBundleImportsAPackageOfOursThatNobodyExports() {
        var wrong = new TreeSet<String>();
        for (var module : modules.values()) {
            module.imports().stream()
                    .filter(p -> p.startsWith("io.ashlar.") && !owners.containsKey(p))
                    .forEach(p -> wrong.add(module.name() + " imports " + p));
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void everyLibraryIsImportedOnlyByThoseWhoMay() {
        var libraries = Tree.table("libraries.txt");
        var wrong = new TreeSet<String>();
        for (var module : modules.values()) {
            if (module.isLibrary()) {
                continue;
            }
            for (String imported : module.imports()) {
                if (isThirdParty(imported) && !mayImport(libraries, module.name(), imported)) {
                    wrong.add(module.name() + " imports " + imported);
                }
            }
        }
        assertEquals(Set.of(), wrong, "not in cnf/libraries.txt");
    }

    private boolean isThirdParty(String imported) {
        boolean ours = imported.startsWith("io.ashlar.");
        return !ours && !PLATFORM.contains(imported) && COMMON.stream().noneMatch(imported::startsWith);
    }

    private static boolean mayImport(Map<String, List<String>> libraries, String module, String imported) {
        return libraries.entrySet().stream()
                .anyMatch(e -> (imported + ".").startsWith(e.getKey() + ".")
                        && e.getValue().contains(module));
    }

    private Set<String> targets(Tree.Module module) {
        return module.imports().stream()
                .map(owners::get)
                .filter(owner -> owner != null && !owner.equals(module.name()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean reaches(Map<String, Set<String>> graph, String from, String to, int steps) {
        var next = graph.getOrDefault(from, Set.of());
        return next.contains(to) || steps > 0 && next.stream().anyMatch(n -> reaches(graph, n, to, steps - 1));
    }
}
