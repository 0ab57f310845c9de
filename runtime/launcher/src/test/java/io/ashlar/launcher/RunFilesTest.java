package io.ashlar.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {

    @TempDir
    private Path data;

    @Test
    void aHeldDirectoryIsRefusedUntilItIsFree() throws IOException {
        try (var first = RunFiles.lock(data)) {
            first.writePid();
            var e = assertThrows(LaunchException.class, () -> RunFiles.lock(data));
            assertTrue(e.getMessage().contains(data.toString()), e.getMessage());
        }
        RunFiles.lock(data).close();
    }

    @Test
    void thePidFileCarriesTheIdentityOfTheProcessAndGoesWithIt() throws IOException {
        var file = data.resolve("run/ashlar.pid");
        try (var files = RunFiles.lock(data)) {
            files.writePid();
            var lines = Files.readAllLines(file);
            assertTrue(lines.contains("pid=" + ProcessHandle.current().pid()), lines.toString());
            assertTrue(lines.stream().anyMatch(line -> line.matches("started=\\d+")), lines.toString());
            assertTrue(lines.stream().anyMatch(line -> line.matches("boot=[0-9a-f-]{36}")), lines.toString());
        }
        assertFalse(Files.exists(file));
    }

    @Test
    void findsTheStartTimeBehindANameWithBlanksAndBrackets() {
        String stat = "42 (a (b) c) S 1 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 33 0 777888 1 2 3";
        assertEquals("777888", RunFiles.startTicks(stat));
    }

    @Test
    void writesFieldsInOrder() throws IOException {
        try (var files = RunFiles.lock(data)) {
            files.write("ports", Map.of("nbd", "2", "http", "1"));
            assertEquals("http=1\nnbd=2\n", Files.readString(data.resolve("run/ports")));
        }
    }
}
