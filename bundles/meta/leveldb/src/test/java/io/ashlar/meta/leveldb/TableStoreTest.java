package io.ashlar.meta.leveldb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TableStoreTest {
    @TempDir
    Path directory;

    @Test
    void whatWasCommittedIsReadBackAlsoAfterReopening() {
        try (var store = TableStore.open(directory)) {
            store.commit(1, new MetaBatch().put("t", bytes("k"), bytes("v")).put("t", bytes("gone"), bytes("x")));
            store.commit(1, new MetaBatch().delete("t", bytes("gone")));
        }
        try (var store = TableStore.open(directory)) {
            assertArrayEquals(bytes("v"), store.get("t", bytes("k")).orElseThrow());
            assertTrue(store.get("t", bytes("gone")).isEmpty());
            assertEquals(2, store.state().index());
            assertEquals(1, store.state().digest().rows());
        }
    }

    @Test
    void aScanWalksOneTableInUnsignedOrderFromTheGivenKey() {
        try (var store = TableStore.open(directory)) {
            store.commit(
                    1,
                    new MetaBatch()
                            .put("b", new byte[] {(byte) 0xff}, bytes("4"))
                            .put("b", new byte[] {0x7f}, bytes("2"))
                            .put("b", new byte[] {(byte) 0x80}, bytes("3"))
                            .put("b", new byte[0], bytes("1"))
                            .put("a", new byte[] {(byte) 0x90}, bytes("other"))
                            .put("bb", new byte[] {0x01}, bytes("other"))
                            .put("c", new byte[] {(byte) 0x90}, bytes("other")));
            assertEquals(List.of("1", "2", "3", "4"), values(store, "b", new byte[0], 9));
            assertEquals(List.of("3", "4"), values(store, "b", new byte[] {(byte) 0x80}, 9));
            assertEquals(List.of("1", "2"), values(store, "b", new byte[0], 2));
            assertEquals(List.of(), values(store, "nothing", new byte[0], 9));
        }
    }

    @Test
    void theLastChangeOfAKeyInABatchWins() {
        try (var store = TableStore.open(directory)) {
            store.commit(
                    1,
                    new MetaBatch()
                            .put("t", bytes("k"), bytes("1"))
                            .delete("t", bytes("k"))
                            .put("t", bytes("k"), bytes("2")));
            store.commit(1, new MetaBatch().put("t", bytes("l"), bytes("1")).delete("t", bytes("l")));
        }
        try (var store = TableStore.open(directory)) { // the digest has followed
            assertArrayEquals(bytes("2"), store.get("t", bytes("k")).orElseThrow());
            assertTrue(store.get("t", bytes("l")).isEmpty());
        }
    }

    @Test
    void aBatchOfADeposedLeaderIsRefusedAndChangesNothing() {
        try (var store = TableStore.open(directory)) {
            store.commit(7, new MetaBatch().put("t", bytes("k"), bytes("new")));
        }
        try (var store = TableStore.open(directory)) {
            assertThrows(
                    StorageException.StaleEpoch.class,
                    () -> store.commit(6, new MetaBatch().put("t", bytes("k"), bytes("old"))));
            assertArrayEquals(bytes("new"), store.get("t", bytes("k")).orElseThrow());
            store.commit(7, new MetaBatch().put("t", bytes("k"), bytes("newer")));
        }
    }

    @Test
    void anEmptyBatchMakesALaterTermKnown() {
        try (var store = TableStore.open(directory)) {
            store.commit(9, new MetaBatch());
            assertThrows(StorageException.StaleEpoch.class, () -> store.commit(8, new MetaBatch()));
        }
    }

    @Test
    void thirtyTwoThreadsCommitAndNothingIsLost() throws Exception {
        int threads = 32;
        int each = 40;
        try (var store = TableStore.open(directory);
                var pool = Executors.newFixedThreadPool(threads)) {
            var running = new ArrayList<Future<?>>();
            for (int t = 0; t < threads; t++) {
                var table = "t" + t;
                running.add(pool.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        store.commit(1, new MetaBatch().put(table, number(i), number(i)));
                        assertArrayEquals(number(i), store.get(table, number(i)).orElseThrow());
                    }
                }));
            }
            for (var one : running) {
                one.get(30, TimeUnit.SECONDS);
            }
        }
        try (var store = TableStore.open(directory)) {
            assertEquals((long) threads * each, store.state().index());
            for (int t = 0; t < threads; t++) {
                assertEquals(each, values(store, "t" + t, new byte[0], each + 1).size());
            }
        }
    }

    @Test
    void commitsThatWaitTogetherShareOneGroup() throws InterruptedException {
        var queue = new CommitQueue();
        for (int i = 0; i < 5; i++) {
            queue.submit(new PendingCommit(1, new MetaBatch()));
        }
        assertEquals(5, queue.takeGroup().size());
    }

    @Test
    void afterAFailedWriteNothingIsServedAnyMore() throws Exception {
        var open = OpenDatabase.open(directory);
        try (var store = TableStore.serving(open)) {
            store.commit(1, new MetaBatch().put("t", bytes("k"), bytes("v")));
            open.mark().close(); // the next write of the mark fails, as on a broken disk
            assertThrows(
                    StorageException.MediaFailed.class,
                    () -> store.commit(1, new MetaBatch().put("t", bytes("k"), bytes("w"))));
            assertThrows(StorageException.MediaFailed.class, () -> store.get("t", bytes("k")));
            assertThrows(StorageException.MediaFailed.class, () -> store.scan("t", new byte[0], (k, v) -> true));
            assertThrows(StorageException.MediaFailed.class, () -> store.commit(1, new MetaBatch()));
        }
    }

    @Test
    void aSecondStoreOnTheSameDirectoryIsRefused() {
        try (var first = TableStore.open(directory)) {
            var refusal = assertThrows(StorageException.Unavailable.class, () -> TableStore.open(directory));
            assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
            first.commit(1, new MetaBatch().put("t", bytes("k"), bytes("v")));
        }
        TableStore.open(directory).close();
    }

    @Test
    void aClosedStoreAnswersThatItIsClosed() {
        var store = TableStore.open(directory);
        store.close();
        store.close();
        assertThrows(StorageException.Unavailable.class, () -> store.get("t", bytes("k")));
        assertThrows(StorageException.Unavailable.class, () -> store.commit(1, new MetaBatch()));
    }

    @Test
    void anInterruptedReaderReadsAndHarmsNobody() {
        try (var store = TableStore.open(directory)) {
            store.commit(1, new MetaBatch().put("t", bytes("k"), bytes("v")));
        }
        TableStore.open(directory).close(); // moves the row from the log to a table file
        try (var store = TableStore.open(directory)) {
            Thread.currentThread().interrupt();
            assertArrayEquals(bytes("v"), store.get("t", bytes("k")).orElseThrow());
            store.commit(1, new MetaBatch().put("t", bytes("k"), bytes("w")));
            assertTrue(Thread.interrupted());
            assertArrayEquals(bytes("w"), store.get("t", bytes("k")).orElseThrow());
        }
    }

    @Test
    void rowsBeyondTheLimitsAreRefusedAndHarmNobody() {
        try (var store = TableStore.open(directory)) {
            var batch = new MetaBatch()
                    .put("t", bytes("k"), bytes("v"))
                    .put("t", new byte[Row.MAX_KEY_BYTES + 1], bytes("v"));
            assertThrows(IllegalArgumentException.class, () -> store.commit(1, batch));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> store.commit(1, new MetaBatch().put("", bytes("k"), bytes("v"))));
            assertThrows(IllegalArgumentException.class, () -> store.commit(0, new MetaBatch()));
            assertTrue(store.get("t", bytes("k")).isEmpty());
            assertEquals(0, store.state().index());
        }
    }

    @Test
    void noThreadIsLeftBehind() {
        var before = Thread.getAllStackTraces().keySet();
        var store = TableStore.open(directory);
        store.commit(1, new MetaBatch().put("t", bytes("k"), bytes("v")));
        store.close();
        var left = new ArrayList<>(Thread.getAllStackTraces().keySet());
        left.removeAll(before);
        left.removeIf(thread -> !thread.isAlive());
        assertFalse(
                left.stream()
                        .anyMatch(thread -> thread.getName().startsWith("ashlar-meta")
                                || thread.getName().startsWith("leveldb")),
                left::toString);
    }

    private static List<String> values(TableStore store, String table, byte[] from, int most) {
        var values = new ArrayList<String>();
        store.scan(table, from, (key, value) -> {
            values.add(new String(value, UTF_8));
            return values.size() < most;
        });
        return values;
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }
}
