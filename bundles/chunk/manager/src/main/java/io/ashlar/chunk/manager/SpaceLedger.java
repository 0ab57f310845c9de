package io.ashlar.chunk.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceReport.Held;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// What is promised on every chunk (SP-08, SP-11..20, SP-26, SP-27; CD-03, CD-04):
///
/// ```
/// allocated(c) = sum over extent managers of (thick + new thin of the last report + bookings at its version or later)
///              + blocks in use by the chunk's own heartbeat
/// ```
///
/// A report of version x says that everything booked below x is in the extent manager's tables; so x replaces the
/// report before it, bookings below x go, and those at x or later stay. Something may be counted twice for a while,
/// nothing is ever missed (I8). In memory only. Used by the manager's loop only.
final class SpaceLedger {
    /// A well-behaved extent manager has two.
    static final int MAX_OPEN_VERSIONS = 1024;

    /// Booked bytes by class.
    private record Booked(long thinBytes, long thickBytes) {
        static final Booked NONE = new Booked(0, 0);

        Booked plus(boolean thick, long bytes) {
            return thick
                    ? new Booked(thinBytes, sum(thickBytes, bytes))
                    : new Booked(sum(thinBytes, bytes), thickBytes);
        }

        long bytes() {
            return sum(thinBytes, thickBytes);
        }
    }

    private static final class Account {
        long reportedVersion;
        Map<ChunkId, Held> held = Map.of();
        final NavigableMap<Long, Map<ChunkId, Booked>> bookings = new TreeMap<>();
    }

    private final Map<Integer, Account> accounts = new HashMap<>();
    private final Map<ChunkId, Long> usedBytes = new HashMap<>();

    /// @return whether the extent manager has reported since this leader started (SP-26)
    boolean reported(int extentManager) {
        return accounts.containsKey(extentManager);
    }

    /// @return the version of its last report
    long reportedVersion(int extentManager) {
        return account(extentManager).reportedVersion;
    }

    /// @return whether bookings at one more version can be kept
    boolean hasRoomFor(int extentManager, long version) {
        var bookings = account(extentManager).bookings;
        return bookings.containsKey(version) || bookings.size() < MAX_OPEN_VERSIONS;
    }

    /// Books a segment on each of the chunks.
    void book(int extentManager, long version, List<ChunkId> chunks, boolean thick, long segmentBytes) {
        var account = account(extentManager);
        if (version < account.reportedVersion) {
            throw new IllegalStateException("booking at " + version + ", reported is " + account.reportedVersion);
        }
        var booked = account.bookings.computeIfAbsent(version, key -> new HashMap<>());
        for (var chunk : chunks) {
            booked.merge(chunk, Booked.NONE.plus(thick, segmentBytes), (old, one) -> old.plus(thick, segmentBytes));
        }
    }

    /// Takes a report in the place of the one before (SP-12, SP-16).
    void report(SpaceReport report) {
        var account = accounts.computeIfAbsent(report.extentManager(), id -> new Account());
        if (report.spaceVersion() < account.reportedVersion) {
            throw new StorageException.StaleEpoch("space report " + report.spaceVersion() + " of extent manager "
                    + report.extentManager() + " is older than its report " + account.reportedVersion);
        }
        account.reportedVersion = report.spaceVersion();
        account.held = report.held();
        account.bookings.headMap(report.spaceVersion(), false).clear();
    }

    /// @param bytes blocks in use, from the chunk itself
    void used(ChunkId chunk, long bytes) {
        usedBytes.put(chunk, bytes);
    }

    long used(ChunkId chunk) {
        return usedBytes.getOrDefault(chunk, 0L);
    }

    long allocated(ChunkId chunk) {
        long bytes = used(chunk);
        for (var account : accounts.values()) {
            var held = account.held.get(chunk);
            if (held != null) {
                bytes = sum(bytes, sum(held.thickBytes(), held.newThinBytes()));
            }
            for (var booked : account.bookings.values()) {
                bytes = sum(bytes, booked.getOrDefault(chunk, Booked.NONE).bytes());
            }
        }
        return bytes;
    }

    /// @return what is booked and not yet reported; zero when idle
    long booked(ChunkId chunk, boolean thick) {
        long bytes = 0;
        for (var account : accounts.values()) {
            for (var booked : account.bookings.values()) {
                var one = booked.getOrDefault(chunk, Booked.NONE);
                bytes = sum(bytes, thick ? one.thickBytes() : one.thinBytes());
            }
        }
        return bytes;
    }

    private Account account(int extentManager) {
        var account = accounts.get(extentManager);
        if (account == null) {
            throw new IllegalStateException("extent manager " + extentManager + " has not reported");
        }
        return account;
    }

    /// Of numbers that are not negative; stays at the largest rather than turning round.
    private static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
