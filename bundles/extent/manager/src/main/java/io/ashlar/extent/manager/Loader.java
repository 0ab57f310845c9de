package io.ashlar.extent.manager;

import io.ashlar.base.MonotonicClock;
import io.ashlar.base.StorageException;
import io.ashlar.cluster.Leadership;
import io.ashlar.extent.manager.LeaseBook.Times;
import io.ashlar.extent.manager.Rows.Counters;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.util.ArrayList;
import java.util.List;

/// Begins a term: fences the leader of before, then reads what it left.
final class Loader {
    private static final byte[] START = {};

    private final MetaStore store;
    private final Leadership leadership;
    private final MonotonicClock clock;
    private final int shard;

    Loader(MetaStore store, Leadership leadership, MonotonicClock clock, int shard) {
        this.store = store;
        this.leadership = leadership;
        this.clock = clock;
        this.shard = shard;
    }

    /// @param reserveTimeoutNanos how long a request for space may take
    Ledger load(Times times, long reserveTimeoutNanos) {
        long term = leadership.term();
        // The first commit of a term comes before the first read: after it, no commit of an earlier leader can change
        // what is read.
        store.commit(term, new MetaBatch().put(Rows.COUNTERS, Rows.fenceKey(shard), Rows.encode(Counters.NONE)));
        var found = store.get(Rows.COUNTERS, Rows.countersKey(shard))
                .map(Rows::counters)
                .orElse(Counters.NONE);
        if (found.term() > term) {
            throw new StorageException.Inconsistent("the tables of extents were led in term " + found.term()
                    + " and now the term is " + term + ": the coordinator lost its data");
        }
        long firstEpoch = found.term() == term ? found.epochLimit() + 1 : 1;
        var table = new ExtentTable();
        long highestPid = loadExtents(table, term);
        var counters = new Counters(
                term,
                firstEpoch + Epochs.BLOCK - 1,
                Math.max(found.nextLid(), table.highestLid() + 1),
                Math.max(found.nextPid(), highestPid + 1));
        store.commit(term, new MetaBatch().put(Rows.COUNTERS, Rows.countersKey(shard), Rows.encode(counters)));
        var epochs = new Epochs(term, firstEpoch);
        epochs.raise(counters.epochLimit());
        var space = new SpaceBook(epochs, reserveTimeoutNanos);
        table.places().forEach(space::loaded);
        var leases = new LeaseBook(times, epochs, sessions(), clock.nanos());
        return new Ledger(store, leadership, clock, shard, new Ledger.Loaded(table, leases, space, epochs, counters));
    }

    /// @return the highest counter of a pid
    private long loadExtents(ExtentTable table, long term) {
        store.scan(Rows.LEXTENTS, START, (key, value) -> {
            var row = Rows.lextent(value);
            if (row.lid().shard() == shard) {
                table.put(row);
            }
            return true;
        });
        var highest = new long[1];
        store.scan(Rows.PEXTENTS, START, (key, value) -> {
            var row = Rows.pextent(value);
            if (row.pid().shard() == shard) {
                requireSound(row, table, term);
                table.put(row);
                highest[0] = Math.max(highest[0], row.pid().counter());
            }
            return true;
        });
        return highest[0];
    }

    private static void requireSound(Pextent row, ExtentTable table, long term) {
        if (row.epoch().term() > term) {
            throw new StorageException.Inconsistent("extent " + row.pid() + " was changed in term "
                    + row.epoch().term() + " and now the term is " + term + ": the coordinator lost its data");
        }
        var owner = table.logical(row.lid()).flatMap(Lextent::pid);
        if (owner.filter(row.pid()::equals).isEmpty()) {
            throw new StorageException.Inconsistent(
                    "extent " + row.pid() + " belongs to " + row.lid() + ", which does not refer to it");
        }
    }

    private List<SessionRow> sessions() {
        var rows = new ArrayList<SessionRow>();
        store.scan(Rows.SESSIONS, START, (key, value) -> rows.add(Rows.session(value)));
        return rows;
    }
}
