package io.ashlar.store.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process is killed with SIGKILL under load, and another opens what it left. `-Dstore.kills=N` for more rounds.
class KillTest {
    private static final int ROUNDS = Integer.getInteger("store.kills", 3);
    private static final int LEAST_ACKNOWLEDGED = 50;

    @TempDir
    Path directory;

    @Test
    void whatAKilledProcessAcknowledgedIsThere() throws IOException, InterruptedException {
        var random = new Random(ROUNDS);
        long epoch = 1;
        for (int round = 0; round < ROUNDS; round++) {
            var acknowledged = runAndKill(epoch, LEAST_ACKNOWLEDGED + random.nextInt(3000));
            verify(epoch + 1, acknowledged);
            epoch += 2;
        }
    }

    private long[] runAndKill(long epoch, int answers) throws IOException, InterruptedException {
        var classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx200m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        KillTarget.class.getName(),
                        directory.toString(),
                        Long.toString(epoch)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var acknowledged = new long[KillTarget.SEGMENTS];
        try (var lines = process.inputReader(StandardCharsets.US_ASCII)) {
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.matches("\\d \\d+")) { // the last may be cut
                    var parts = line.split(" ");
                    int segment = Integer.parseInt(parts[0]);
                    acknowledged[segment] = Math.max(acknowledged[segment], Long.parseLong(parts[1]));
                }
                assertFalse(line.startsWith("refused"), line);
                seen++;
                if (seen == answers) {
                    process.toHandle().destroyForcibly(); // what it said before is still read
                }
            }
            assertTrue(seen >= answers, "the process ended by itself after " + seen + " answers");
        } finally {
            process.destroyForcibly();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        }
        return acknowledged;
    }

    private void verify(long epoch, long[] acknowledged) throws IOException {
        try (var rig = new Rig(new LocalDisk(directory), KillTarget.SETTINGS)) {
            for (int i = 0; i < KillTarget.SEGMENTS; i++) {
                var pid = KillTarget.pid(i);
                var state = rig.fenced(pid, epoch);
                long counter = state.generation().counter();
                assertTrue(state.complete());
                assertTrue(
                        counter >= acknowledged[i],
                        pid + " is at " + counter + ", acknowledged was " + acknowledged[i]);
                var expected = new byte[KillTarget.SPAN_BYTES];
                for (long number = 1; number <= counter; number++) {
                    KillTarget.Change.of(pid, number).apply(expected);
                }
                var found = rig.bytes(pid, epoch, 0, KillTarget.SPAN_BYTES);
                assertEquals(-1, Arrays.mismatch(expected, found), pid + " at " + counter);
            }
        }
    }
}
