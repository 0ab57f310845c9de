package io.ashlar.volume.manager;

import io.ashlar.base.Lid;
import io.ashlar.base.StorageException;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.util.ArrayList;
import java.util.List;

/// The maps of volumes to extents, kept in the store and read when asked for. A volume's record says how many lids
/// count; so rows may be written ahead of the record, and a crash between the two leaves nothing visible.
final class VTable {
    /// So many rows go into one commit: half a mebibyte.
    private static final int ROWS_PER_COMMIT = 16;

    private final MetaStore store;
    private final long term;

    VTable(MetaStore store, long term) {
        this.store = store;
        this.term = term;
    }

    List<Lid> read(Volume volume) {
        var lids = new ArrayList<Lid>(volume.extents());
        for (int row = 0; lids.size() < volume.extents(); row++) {
            var value = store.get(Rows.VTABLE, Rows.vtableKey(volume.id(), row));
            var found = value.map(Rows::lids).orElse(List.of());
            int wanted = Math.min(Rows.LIDS_PER_ROW, volume.extents() - lids.size());
            if (found.size() < wanted) {
                throw new StorageException.Inconsistent("row " + row + " of the map of volume " + volume.id() + " has "
                        + found.size() + " extents, not " + wanted);
            }
            lids.addAll(found.subList(0, wanted));
        }
        return lids;
    }

    /// Writes the rows from the one that holds `firstChanged` on; durable on return.
    void write(long volumeId, List<Lid> lids, int firstChanged) {
        var batch = new MetaBatch();
        int rows = 0;
        for (int from = firstChanged / Rows.LIDS_PER_ROW * Rows.LIDS_PER_ROW;
                from < lids.size();
                from += Rows.LIDS_PER_ROW) {
            var row = lids.subList(from, Math.min(from + Rows.LIDS_PER_ROW, lids.size()));
            batch.put(Rows.VTABLE, Rows.vtableKey(volumeId, from / Rows.LIDS_PER_ROW), Rows.encode(row));
            if (++rows % ROWS_PER_COMMIT == 0) {
                store.commit(term, batch);
                batch = new MetaBatch();
            }
        }
        if (!batch.isEmpty()) {
            store.commit(term, batch);
        }
    }

    /// Puts the deletion of all rows of a volume into a batch.
    void delete(MetaBatch batch, long volumeId) {
        store.scan(Rows.VTABLE, Rows.vtableKey(volumeId, 0), (key, value) -> {
            if (Rows.volumeOfVtableKey(key) != volumeId) {
                return false;
            }
            batch.delete(Rows.VTABLE, key);
            return true;
        });
    }
}
