package io.ashlar.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Dictionary;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// Brings the configurations of the features to ConfigAdmin without undoing what an operator changed there.
///
/// Beside ConfigAdmin's files lies a digest of what was applied last. A configuration is written when it is missing or
/// when the *feature* has changed since; a change made by an operator stays until then. What the features no longer
/// mention is removed, if it came from them.
final class Configurations {

    private final Map<String, Dictionary<String, Object>> wanted;
    private final Path appliedFile;

    /// @param wanted      by PID; factory configurations as `factory~name`
    /// @param appliedFile where the digests are kept
    Configurations(Map<String, Dictionary<String, Object>> wanted, Path appliedFile) {
        this.wanted = new TreeMap<>(wanted);
        this.appliedFile = appliedFile;
    }

    /// What this class needs of ConfigAdmin.
    interface Target {

        boolean exists(String pid) throws IOException;

        void update(String pid, Dictionary<String, Object> properties) throws IOException;

        void delete(String pid) throws IOException;
    }

    /// @return how many configurations were written or removed
    int apply(Target target) {
        try {
            var applied = readApplied();
            int changes = 0;
            for (var entry : wanted.entrySet()) {
                String digest = digest(entry.getValue());
                if (!digest.equals(applied.getProperty(entry.getKey())) || !target.exists(entry.getKey())) {
                    target.update(entry.getKey(), entry.getValue());
                    applied.setProperty(entry.getKey(), digest);
                    changes++;
                }
            }
            for (String pid : applied.stringPropertyNames()) {
                if (!wanted.containsKey(pid)) {
                    target.delete(pid);
                    applied.remove(pid);
                    changes++;
                }
            }
            if (changes > 0) {
                writeApplied(applied);
            }
            return changes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Properties readApplied() throws IOException {
        var applied = new Properties();
        if (Files.exists(appliedFile)) {
            try (var in = Files.newBufferedReader(appliedFile)) {
                applied.load(in);
            }
        }
        return applied;
    }

    private void writeApplied(Properties applied) throws IOException {
        Files.createDirectories(appliedFile.getParent());
        try (var out = Files.newBufferedWriter(appliedFile)) {
            applied.store(out, "Digests of the configurations that the features brought");
        }
    }

    private static String digest(Dictionary<String, Object> properties) {
        var sorted = new TreeMap<String, String>();
        properties
                .keys()
                .asIterator()
                .forEachRemaining(key -> sorted.put(key, ConfigValue.describe(properties.get(key))));
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(sorted.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
