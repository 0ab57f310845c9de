package io.ashlar.meta.leveldb;

import static io.ashlar.meta.leveldb.TableStoreTest.bytes;
import static io.ashlar.meta.leveldb.TableStoreTest.number;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A damaged disk is noticed: what is served afterwards is right, or it is an error.
@Timeout(120)
class DamageTest {
    private static final int FLIPS = 120;
    private static final int LOG_BLOCK_BYTES = 32 * 1024;
    private static final int MANY_FLIPS = 5_000;

    @TempDir
    Path temp;

    private Path original;
    private final Map<String, String> rows = new TreeMap<>();

    /// Two generations of rows in table files, a third in the log, which is several of LevelDB's blocks long: damage to
    /// one block costs the rest of that block, and what follows it stays.
    @BeforeEach
    void build() {
        original = temp.resolve("original");
        var random = new Random(1);
        for (int generation = 0; generation < 3; generation++) {
            try (var store = TableStore.open(original)) {
                for (int i = 0; i < 60; i++) {
                    var value = new byte[20 + random.nextInt(3_000)];
                    random.nextBytes(value);
                    byte[] key = number(random.nextInt(120));
                    store.commit(1, new MetaBatch().put("t", key, value).put("u", key, key));
                    rows.put(hex(bytes("t"), key), HexFormat.of().formatHex(value));
                    rows.put(hex(bytes("u"), key), HexFormat.of().formatHex(key));
                }
                byte[] deleted = number(generation);
                store.commit(1, new MetaBatch().delete("t", deleted));
                rows.remove(hex(bytes("t"), deleted));
            }
        }
    }

    @Test
    void aFlippedBitAnywhereNeverChangesOrHidesARow() throws IOException {
        flipAndOpen(0, FLIPS);
    }

    @Test
    @Tag("long")
    @Timeout(1200)
    void noneOfManyFlippedBitsChangesOrHidesARow() throws IOException {
        flipAndOpen(FLIPS, MANY_FLIPS);
    }

    private void flipAndOpen(int firstSeed, int flips) throws IOException {
        int noticed = 0;
        for (int seed = firstSeed; seed < firstSeed + flips; seed++) {
            var copy = copy("flip" + seed);
            var random = new Random(seed);
            var files = files(copy);
            var victim = files.get(random.nextInt(files.size()));
            long at = (long) (random.nextDouble() * Files.size(victim));
            flip(victim, at, random.nextInt(8));
            noticed += opensRightOrNotAtAll(copy, "seed " + seed + ", " + victim.getFileName() + " at " + at) ? 0 : 1;
            delete(copy);
        }
        assertTrue(
                noticed > flips / 4,
                "only " + noticed + " of " + flips + " flips were noticed: does this test flip anything?");
    }

    @Test
    void aLogThatLostItsEndIsNoticed() throws IOException {
        for (int cut : new int[] {1, 7, 100, 1000, 5000}) {
            var copy = copy("cut" + cut);
            var log = files(copy).stream()
                    .filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
            try (var channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() - cut);
            }
            var refusal = assertThrows(StorageException.Inconsistent.class, () -> TableStore.open(copy), "cut " + cut);
            assertTrue(refusal.getMessage().contains("acknowledged batches are gone"), refusal.getMessage());
        }
    }

    @Test
    void aLogThatLostItsMiddleIsNoticed() throws IOException {
        var copy = copy("middle");
        var log = files(copy).stream()
                .filter(file -> file.toString().endsWith(".log"))
                .findFirst()
                .orElseThrow();
        assertTrue(Files.size(log) > 2 * LOG_BLOCK_BYTES, "the log is too short for this test");
        flip(log, LOG_BLOCK_BYTES / 2, 0);
        var refusal = assertThrows(StorageException.Inconsistent.class, () -> TableStore.open(copy));
        assertTrue(refusal.getMessage().contains("rows are missing or changed"), refusal.getMessage());
    }

    @Test
    void aMissingFileIsNoticed() throws IOException {
        for (var file : files(original)) {
            var copy = copy("without-" + file.getFileName());
            Files.delete(copy.resolve(original.relativize(file)));
            assertThrows(StorageException.Inconsistent.class, () -> TableStore.open(copy), file::toString);
        }
    }

    @Test
    void damageUnderARunningStoreIsAnErrorThatNamesTheRow() throws IOException {
        TableStore.open(original).close(); // all rows into table files
        try (var store = TableStore.open(copy("running"))) {
            for (var file : files(temp.resolve("running"))) {
                if (file.toString().endsWith(".sst") || file.toString().endsWith(".ldb")) {
                    for (long at = 0; at < Files.size(file); at += 16) {
                        flip(file, at, 3);
                    }
                }
            }
            byte[] key = HexFormat.of().parseHex(rows.keySet().iterator().next().substring(3));
            var lost = assertThrows(StorageException.DataLost.class, () -> {
                for (int i = 0; i < 120; i++) {
                    store.get("t", number(i));
                }
            });
            assertTrue(lost.getMessage().contains("of table 't'"), lost.getMessage() + " for " + key.length);
        }
    }

    @Test
    void aRowUnderAForeignKeyIsNotTakenForThatKeysRow() {
        byte[] key = Row.key("t", bytes("a"));
        byte[] other = Row.key("t", bytes("b"));
        var lost =
                assertThrows(StorageException.DataLost.class, () -> Row.bareValue(other, Row.value(key, bytes("v"))));
        assertEquals(
                "the row of table 't' with the key 0x62 is damaged: its checksum does not match; "
                        + "restore the metadata directory from a copy",
                lost.getMessage());
    }

    private boolean opensRightOrNotAtAll(Path directory, String what) {
        var found = new TreeMap<String, String>();
        try (var store = TableStore.open(directory)) {
            for (var table : List.of("t", "u")) {
                store.scan(table, new byte[0], (key, value) -> {
                    found.put(hex(bytes(table), key), HexFormat.of().formatHex(value));
                    return true;
                });
            }
        } catch (StorageException.Inconsistent e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError("not an answer for an operator: " + what, e);
        }
        assertEquals(rows, found, what);
        return true;
    }

    private static String hex(byte[] table, byte[] key) {
        return HexFormat.of().formatHex(table) + "/" + HexFormat.of().formatHex(key);
    }

    private Path copy(String name) throws IOException {
        var target = temp.resolve(name);
        try (var all = Files.walk(original)) {
            for (var from : all.toList()) {
                Files.copy(from, target.resolve(original.relativize(from).toString()));
            }
        }
        return target;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().matches("LOCK|store.lock"))
                    .sorted()
                    .toList();
        }
    }

    private static void flip(Path file, long at, int bit) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).rewind();
            channel.write(one, at);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            for (var path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
