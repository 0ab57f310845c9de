package io.ashlar.meta.leveldb;

import static io.ashlar.meta.leveldb.TableStoreTest.number;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.meta.MetaBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that commits, and looks at what it left.
@Timeout(120)
class KilledProcessTest {
    private static final int ROUNDS = 4;
    private static final int ROWS_OF_BATCH = 7;
    private static final int THREADS = 4;

    @TempDir
    Path directory;

    @Test
    void everyAcknowledgedBatchIsWholeAndNoBatchIsHalf() throws Exception {
        var acknowledged = new HashSet<Integer>();
        var random = new Random(42);
        for (int round = 0; round < ROUNDS; round++) {
            int before = acknowledged.size();
            commitAndKill(1 + round * 1_000_000, 200 + random.nextInt(800), acknowledged);
            assertTrue(acknowledged.size() > before, "the process acknowledged nothing");
            try (var store = TableStore.open(directory)) {
                acknowledged.forEach(batch -> assertEquals(ROWS_OF_BATCH, rowsOf(store, batch), "batch " + batch));
                Set<Integer> present = new HashSet<>();
                store.scan(
                        "r0",
                        new byte[0],
                        (key, value) -> present.add(ByteBuffer.wrap(key).getInt()));
                present.forEach(batch -> assertEquals(ROWS_OF_BATCH, rowsOf(store, batch), "half of batch " + batch));
            }
        }
    }

    private static int rowsOf(TableStore store, int batch) {
        int rows = 0;
        for (int row = 0; row < ROWS_OF_BATCH; row++) {
            var value = store.get("r" + row, number(batch));
            if (value.isPresent()) {
                assertArrayEquals(valueOf(batch), value.get());
                rows++;
            }
        }
        return rows;
    }

    private void commitAndKill(int firstBatch, int lines, Set<Integer> acknowledged)
            throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Committer.class.getName(),
                        directory.toString(),
                        Integer.toString(firstBatch))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            int seen = 0;
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                if (line.endsWith(".")) { // a line cut by the kill has no full stop
                    acknowledged.add(Integer.parseInt(line.substring(0, line.length() - 1)));
                }
                if (++seen == lines) {
                    process.toHandle()
                            .destroyForcibly(); // unlike Process.destroyForcibly, keeps what was printed readable
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static byte[] valueOf(int batch) {
        var value = new byte[100 + batch % 900];
        Arrays.fill(value, (byte) batch);
        return value;
    }

    /// What runs in the other process: commits until it is killed, and tells each batch after its commit has returned.
    static final class Committer {
        public static void main(String[] args) {
            var store = TableStore.open(Path.of(args[0]));
            var next = new AtomicInteger(Integer.parseInt(args[1]));
            for (int i = 0; i < THREADS; i++) {
                Thread.ofPlatform().start(() -> commitForever(store, next));
            }
        }

        private static void commitForever(TableStore store, AtomicInteger next) {
            while (true) {
                int number = next.getAndIncrement();
                var batch = new MetaBatch();
                for (int row = 0; row < ROWS_OF_BATCH; row++) {
                    batch.put("r" + row, number(number), valueOf(number));
                }
                store.commit(1, batch);
                var line = (number + ".\n").getBytes(StandardCharsets.US_ASCII);
                System.out.write(line, 0, line.length);
                System.out.flush();
            }
        }
    }
}
