package io.ashlar.volume.manager;

import io.ashlar.base.Lid;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ExtentManager;
import io.ashlar.meta.MetaBatch;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finishes what was begun: deletions, and the extents that a failed or crashed creation or resize has left.
/// **Thread:** any, without the catalogue's lock.
final class Janitor {
    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);

    private final Catalogue catalogue;
    private final VTable vtable;
    private final ExtentManager extents;

    Janitor(Catalogue catalogue, VTable vtable, ExtentManager extents) {
        this.catalogue = catalogue;
        this.vtable = vtable;
        this.extents = extents;
    }

    /// Goes over everything unfinished that nobody is at work on. What fails now is tried again by the next call.
    void sweep() {
        for (long id : catalogue.request(catalogue::unfinished)) {
            boolean mine = catalogue.request(() -> {
                if (catalogue.isBusy(id)) {
                    return false;
                }
                catalogue.busy(id);
                return true;
            });
            if (mine) {
                try {
                    finish(id);
                } catch (StorageException.StaleEpoch e) {
                    throw e;
                } catch (StorageException e) {
                    LOG.warn("volume {} cannot be cleared up now; it is tried again later", id, e);
                } finally {
                    catalogue.free(Optional.empty(), id);
                }
            }
        }
    }

    /// Clears up after one volume that the caller has marked busy.
    void finish(long id) {
        var record = catalogue.request(() -> catalogue.record(id)).filter(volume -> !volume.deleting());
        var surplus = surplus(id, record);
        if (!surplus.isEmpty()) {
            extents.delete(surplus);
            LOG.info("volume {}: {} extents deleted that its map does not hold (any more)", id, surplus.size());
        }
        var batch = new MetaBatch().delete(Rows.INTENTS, Rows.key(id));
        if (record.isEmpty()) {
            vtable.delete(batch, id);
            batch.delete(Rows.VOLUMES, Rows.key(id));
        }
        catalogue.request(() -> {
            if (record.isEmpty()) {
                catalogue.opens(id).keySet().forEach(session -> batch.delete(Rows.OPENS, Rows.opensKey(id, session)));
            }
            catalogue.commit(batch);
            return null;
        });
    }

    private List<Lid> surplus(long id, Optional<Volume> record) {
        var mapped = new HashSet<>(record.map(vtable::read).orElse(List.of()));
        return extents.ofVolume(id).stream()
                .filter(lid -> !mapped.contains(lid))
                .toList();
    }
}
