package io.ashlar.format;

import com.palantir.javaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Formats all sources below the given files and folders; with `--check` only names those that are not formatted.
public final class Main {

    private Main() {}

    /// Exit status 1 if `--check` found something, 2 if a file could not be read as Java.
    public static void main(String[] arguments) throws IOException {
        boolean check = arguments.length > 0 && arguments[0].equals("--check");
        var changed = new ArrayList<Path>();
        for (int i = check ? 1 : 0; i < arguments.length; i++) {
            changed.addAll(run(Path.of(arguments[i]), check));
        }
        changed.forEach(file -> System.out.println((check ? "not formatted: " : "formatted ") + file));
        System.exit(check && !changed.isEmpty() ? 1 : 0);
    }

    /// @return the files whose text is not as it should be; unless `check`, they are now
    static List<Path> run(Path root, boolean check) throws IOException {
        var formatter = new SourceFormatter();
        var changed = new ArrayList<Path>();
        for (var file : sources(root)) {
            String before = Files.readString(file);
            String after;
            try {
                after = formatter.format(before);
            } catch (FormatterException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
            if (!after.equals(before)) {
                changed.add(file);
                if (!check) {
                    Files.writeString(file, after);
                }
            }
        }
        return changed;
    }

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(".java"))
                    .filter(f -> !root.relativize(f).toString().matches("(.*/)?(target|data|\\.git|\\.build)/.*"))
                    .sorted()
                    .toList();
        }
    }
}
