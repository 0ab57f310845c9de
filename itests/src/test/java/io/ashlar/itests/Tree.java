package io.ashlar.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The checkout that is being built: its modules, their jars, the text files in `cnf`.
final class Tree {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Tree() {}

    /// A built bundle.
    ///
    /// @param name    its place without `bundles/`, with dots: `alloc.even`
    /// @param folder  where its pom lies
    /// @param imports package names, without those of Java itself
    /// @param exports package name to version
    /// @param content packages with classes
    record Module(String name, Path folder, List<String> imports, Map<String, String> exports, Set<String> content) {

        boolean isApi() {
            return name.endsWith(".api");
        }

        boolean isLibrary() {
            return name.startsWith("lib.");
        }

        String subsystem() {
            return name.substring(0, name.indexOf('.'));
        }
    }

    /// All modules under `bundles`, by name.
    static Map<String, Module> modules() {
        var modules = new TreeMap<String, Module>();
        for (var pom : glob("bundles/*/*/pom.xml")) {
            var folder = pom.getParent();
            String name = folder.getParent().getFileName() + "." + folder.getFileName();
            modules.put(name, module(name, folder));
        }
        return modules;
    }

    private static Module module(String name, Path folder) {
        try (var jar = new JarFile(jar(name, folder).toFile())) {
            var headers = jar.getManifest().getMainAttributes();
            var imports = clauses(headers.getValue("Import-Package")).keySet().stream()
                    .filter(p -> !p.startsWith("java."))
                    .toList();
            var content = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(entry -> entry.endsWith(".class") && entry.contains("/"))
                    .map(entry -> entry.substring(0, entry.lastIndexOf('/')).replace('/', '.'))
                    .collect(Collectors.toSet());
            return new Module(name, folder, imports, clauses(headers.getValue("Export-Package")), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Texts in a module's jar whose names begin so, by name.
    static Map<String, String> entries(Module module, String prefix) {
        var texts = new TreeMap<String, String>();
        try (var jar = new JarFile(jar(module.name(), module.folder()).toFile())) {
            for (var entry : jar.stream()
                    .filter(e -> e.getName().startsWith(prefix) && !e.isDirectory())
                    .toList()) {
                texts.put(
                        entry.getName(), new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    private static Path jar(String name, Path folder) {
        var jars = glob(ROOT.relativize(folder) + "/target/io.ashlar." + name + "-*.jar").stream()
                .filter(jar -> !jar.toString().endsWith("-tests.jar"))
                .toList();
        if (jars.size() != 1) {
            throw new IllegalStateException("expected one jar in " + folder + "/target, found " + jars);
        }
        return jars.getFirst();
    }

    /// Splits an OSGi header into package names with their `version`, empty where there is none.
    static Map<String, String> clauses(String header) {
        var clauses = new TreeMap<String, String>();
        if (header == null) {
            return clauses;
        }
        for (String clause : split(header, ',')) {
            String version = "";
            var parts = split(clause, ';');
            for (String part : parts) {
                if (part.startsWith("version=")) {
                    version = part.substring("version=".length()).replace("\"", "");
                }
            }
            clauses.put(parts.getFirst(), version);
        }
        return clauses;
    }

    private static List<String> split(String text, char separator) {
        var parts = new ArrayList<String>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '"';
            if (c == separator && !quoted) {
                parts.add(text.substring(start, i).strip());
                start = i + 1;
            }
        }
        parts.add(text.substring(start).strip());
        return parts;
    }

    /// Lines `name: a b c` of a file in `cnf`; `#` begins a comment.
    static Map<String, List<String>> table(String name) {
        var table = new TreeMap<String, List<String>>();
        for (String line : read(ROOT.resolve("cnf").resolve(name)).lines().toList()) {
            String text = line.replaceFirst("#.*", "").strip();
            if (!text.isEmpty()) {
                int colon = text.indexOf(':');
                var words = Stream.of(text.substring(colon + 1).strip().split("\\s+"));
                table.put(
                        text.substring(0, colon).strip(),
                        words.filter(w -> !w.isEmpty()).toList());
            }
        }
        return table;
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Files of the checkout that match, sorted; the pattern is relative to its root.
    static List<Path> glob(String pattern) {
        var matcher = ROOT.getFileSystem().getPathMatcher("glob:" + pattern);
        var first = ROOT.resolve(pattern.substring(
                0, Math.max(0, pattern.replaceFirst("[*{].*", "").lastIndexOf('/'))));
        try (var files = Files.walk(first, 4)) {
            return files.filter(f -> matcher.matches(ROOT.relativize(f)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
