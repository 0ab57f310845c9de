package io.ashlar.meta;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// Named tables of byte keys and byte values, in key order (unsigned), changed by batches.
///
/// Every value carries a checksum of the store's own; a damaged one is thrown as
/// [io.ashlar.base.StorageException.DataLost], never returned and never taken for absent.
///
/// **Thread:** any. [#commit] blocks until the batch is durable; concurrent commits share one sync. Reads see every
/// batch whose commit has returned.
@ProviderType
public interface MetaStore {
    Optional<byte[]> get(String table, byte[] key);

    /// Walks the table in key order, from `fromKey` inclusive (an empty array: from the start), until the visitor says
    /// stop.
    void scan(String table, byte[] fromKey, Visitor visitor);

    /// Applies the batch whole and durably.
    ///
    /// @param term of the leader that decided it; a lower one than the store has seen is refused by
    ///     [io.ashlar.base.StorageException.StaleEpoch], and nothing is changed
    void commit(long term, MetaBatch batch);

    /// Sees one row of a scan.
    @FunctionalInterface
    interface Visitor {
        /// @return false to end the scan
        boolean row(byte[] key, byte[] value);
    }
}
