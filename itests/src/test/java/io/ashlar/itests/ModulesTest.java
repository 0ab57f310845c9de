package io.ashlar.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What a module is called, what it exports, what its pom may name.
class ModulesTest {

    private static final Pattern VERSION = Pattern.compile("@Version\\(\"([0-9.]+)\"\\)");

    private final Map<String, Tree.Module> modules = Tree.modules();

    @Test
    void anApiExportsExactlyItsVersionedPackage() {
        for (var module : modules.values()) {
            if (module.isApi()) {
                String name = "io.ashlar." + module.subsystem();
                var info = module.folder().resolve("src/main/java/" + name.replace('.', '/') + "/package-info.java");
                var version = VERSION.matcher(Tree.read(info));
                assertTrue(version.find(), info + " has no @Version");
                assertEquals(Map.of(name, version.group(1)), module.exports(), module.name());
            }
        }
    }

    @Test
    void nothingElseExportsAnything() {
        var wrong = new TreeSet<String>();
        modules.values().stream()
                .filter(m -> !m.isApi() && !m.isLibrary() && !m.exports().isEmpty())
                .forEach(m -> wrong.add(m.name() + " exports " + m.exports().keySet()));
        assertEquals(new TreeSet<>(), wrong);
    }

    @Test
    void everySubsystemHasOneApi() {
        for (var module : modules.values()) {
            assertTrue(
                    module.isLibrary() || modules.containsKey(module.subsystem() + ".api"),
                    module.name() + " has no api");
        }
    }

    @Test
    void thePathIsTheName() {
        for (var module : modules.values()) {
            assertEquals(
                    "io.ashlar." + module.name(),
                    Pom.read(module.folder().resolve("pom.xml")).artifactId());
            String own = "io.ashlar." + (module.isApi() ? module.subsystem() : module.name());
            var wrong = module.content().stream()
                    .filter(p -> !module.isLibrary() && !p.equals(own) && !p.startsWith(own + "."))
                    .toList();
            assertEquals(List.of(), wrong, module.name() + " holds a package that is not its own");
        }
    }

    @Test
    void pomsNameOnlyApisAndLibrariesOfOurs() {
        var wrong = new TreeSet<String>();
        for (var module : modules.values()) {
            Pom.read(module.folder().resolve("pom.xml")).dependencies().stream()
                    .filter(d -> d.group().equals("io.ashlar") && !d.scope().equals("test"))
                    .filter(d -> !d.artifact().endsWith(".api") && !d.artifact().startsWith("io.ashlar.lib."))
                    .forEach(d -> wrong.add(module.name() + " -> " + d.artifact()));
        }
        assertEquals(new TreeSet<>(), wrong);
    }

    @Test
    void everyModuleIsInTheBuild() {
        var listed = new TreeSet<>(Pom.read(Tree.ROOT.resolve("pom.xml")).modules());
        var there = new TreeSet<String>();
        modules.values().forEach(m -> there.add(Tree.ROOT.relativize(m.folder()).toString()));
        listed.removeIf(m -> !m.startsWith("bundles/"));
        assertEquals(there, listed);
    }
}
