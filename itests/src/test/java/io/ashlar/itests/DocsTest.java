package io.ashlar.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the pages for people name must be there: tests that show a requirement, files that are linked to.
class DocsTest {

    private static final Pattern TEST_NAME = Pattern.compile("`([A-Z][A-Za-z]+Test)(?:\\.([a-zA-Z]+))?`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    @Test
    void everyTestThatTheRequirementsNameExists() throws IOException {
        var sources = testSources();
        var missing = new TreeSet<String>();
        var names = TEST_NAME.matcher(Tree.read(Tree.ROOT.resolve("docs/requirements.md")));
        int found = 0;
        while (names.find()) {
            found++;
            String source = sources.getOrDefault(names.group(1), "");
            String method = names.group(2);
            if (source.isEmpty() || method != null && !source.contains("void " + method + "(")) {
                missing.add(names.group());
            }
        }
        assertEquals(new TreeSet<>(), missing);
        assertTrue(found > 50, "only " + found + " names were found: has the page's form changed?");
    }

    @Test
    void everyLinkedFileExists() throws IOException {
        var missing = new TreeSet<String>();
        for (Path page : pages()) {
            var links = LINK.matcher(Tree.read(page));
            while (links.find()) {
                if (!Files.exists(page.resolveSibling(links.group(1)))) {
                    missing.add(Tree.ROOT.relativize(page) + " -> " + links.group(1));
                }
            }
        }
        assertEquals(new TreeSet<>(), missing);
    }

    @Test
    void everySubsystemHasAPage() throws IOException {
        try (var folders = Files.list(Tree.ROOT.resolve("bundles"))) {
            var without = folders.filter(Files::isDirectory)
                    .filter(folder -> !Files.exists(folder.resolve("README.md")))
                    .toList();
            assertTrue(without.isEmpty(), "no README.md in " + without);
        }
    }

    private static Map<String, String> testSources() throws IOException {
        var sources = new TreeMap<String, String>();
        for (String top : new String[] {"bundles", "itests", "runtime/launcher"}) {
            try (var files = Files.walk(Tree.ROOT.resolve(top))) {
                files.filter(file -> file.toString().endsWith("Test.java"))
                        .filter(file -> file.toString().contains("/src/test/"))
                        .forEach(file ->
                                sources.put(file.getFileName().toString().replace(".java", ""), Tree.read(file)));
            }
        }
        return sources;
    }

    private static Iterable<Path> pages() throws IOException {
        try (var files = Files.walk(Tree.ROOT.resolve("docs"))) {
            var pages = new TreeSet<Path>(
                    files.filter(file -> file.toString().endsWith(".md")).toList());
            pages.add(Tree.ROOT.resolve("README.md"));
            pages.add(Tree.ROOT.resolve("bundles/README.md"));
            return pages;
        }
    }
}
