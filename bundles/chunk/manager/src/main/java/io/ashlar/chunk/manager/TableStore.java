package io.ashlar.chunk.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// The manager's tables in the metadata store: loads them whole, commits differences.
final class TableStore {
    static final String TOPO = "chunk.topo";
    static final String CHUNKS = "chunk.chunks";
    static final String NODES = "chunk.nodes";
    static final String VERSIONS = "chunk.versions";

    private static final int ROW_VERSION = 1;
    private static final byte[] VERSIONS_KEY = key(1);

    private final MetaStore store;

    TableStore(MetaStore store) {
        this.store = store;
    }

    /// @return what is stored; [Tables#EMPTY] for a new cluster
    Tables load() {
        var versions =
                store.get(VERSIONS, VERSIONS_KEY).map(TableStore::versions).orElse(Versions.FIRST);
        var topo = new TreeMap<Long, TopoObject>();
        scan(TOPO, TableStore::topo, (key, object) -> topo.put(object.id(), object));
        var chunks = new TreeMap<ChunkId, ChunkRecord>();
        scan(CHUNKS, TableStore::chunk, (key, chunk) -> chunks.put(chunk.id(), chunk));
        var nodes = new TreeMap<Long, NodeRecord>();
        scan(NODES, TableStore::node, (key, node) -> nodes.put(node.topoId(), node));
        return new Tables(versions, topo, chunks, nodes);
    }

    /// Makes the stored tables equal to `next`, in one batch.
    void commit(long term, Tables stored, Tables next) {
        var batch = new MetaBatch();
        differences(batch, TOPO, stored.topo(), next.topo(), id -> id, TableStore::row);
        differences(batch, CHUNKS, stored.chunks(), next.chunks(), id -> (long) id.value(), TableStore::row);
        differences(batch, NODES, stored.nodes(), next.nodes(), id -> id, TableStore::row);
        if (!stored.versions().equals(next.versions())) {
            batch.put(VERSIONS, VERSIONS_KEY, row(next.versions()));
        }
        if (!batch.isEmpty()) {
            store.commit(term, batch);
        }
    }

    private static <K, V> void differences(
            MetaBatch batch,
            String table,
            SortedMap<K, V> stored,
            SortedMap<K, V> next,
            Function<K, Long> number,
            Function<V, byte[]> row) {
        for (Map.Entry<K, V> entry : next.entrySet()) {
            if (!entry.getValue().equals(stored.get(entry.getKey()))) {
                batch.put(table, key(number.apply(entry.getKey())), row.apply(entry.getValue()));
            }
        }
        for (K id : stored.keySet()) {
            if (!next.containsKey(id)) {
                batch.delete(table, key(number.apply(id)));
            }
        }
    }

    private <R> void scan(String table, Function<byte[], R> decode, BiConsumer<Long, R> take) {
        store.scan(table, new byte[0], (key, value) -> {
            if (key.length != Long.BYTES) {
                throw new StorageException.Inconsistent("a key of " + table + " has " + key.length + " bytes");
            }
            take.accept(ByteBuffer.wrap(key).getLong(), decode.apply(value));
            return true;
        });
    }

    private static byte[] key(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    private static byte[] row(TopoObject object) {
        return new RowWriter(ROW_VERSION)
                .int64(object.id())
                .int32(object.kind().ordinal())
                .text(object.name())
                .int64(object.parentId())
                .int64(object.ringId())
                .row();
    }

    private static TopoObject topo(byte[] row) {
        return RowReader.read(TOPO, ROW_VERSION, row, in -> {
            long id = in.int64();
            int kind = in.int32();
            if (kind < 0 || kind >= Kind.values().length) {
                throw new IllegalArgumentException("kind " + kind);
            }
            return new TopoObject(id, Kind.values()[kind], in.text(), in.int64(), in.int64());
        });
    }

    private static byte[] row(ChunkRecord chunk) {
        return new RowWriter(ROW_VERSION)
                .int32(chunk.id().value())
                .int64(chunk.topoId())
                .int64(chunk.nodeId())
                .uuid(chunk.storeUuid())
                .text(chunk.host())
                .int32(chunk.port())
                .text(chunk.machineId())
                .text(chunk.diskId())
                .text(chunk.directory())
                .int64(chunk.capacityBytes())
                .row();
    }

    private static ChunkRecord chunk(byte[] row) {
        return RowReader.read(
                CHUNKS,
                ROW_VERSION,
                row,
                in -> new ChunkRecord(
                        new ChunkId(in.int32()),
                        in.int64(),
                        in.int64(),
                        in.uuid(),
                        in.text(),
                        in.int32(),
                        in.text(),
                        in.text(),
                        in.text(),
                        in.int64()));
    }

    private static byte[] row(NodeRecord node) {
        return new RowWriter(ROW_VERSION)
                .int64(node.topoId())
                .text(node.registeredName())
                .row();
    }

    private static NodeRecord node(byte[] row) {
        return RowReader.read(NODES, ROW_VERSION, row, in -> new NodeRecord(in.int64(), in.text()));
    }

    private static byte[] row(Versions versions) {
        return new RowWriter(ROW_VERSION)
                .int64(versions.topo())
                .int64(versions.nodeMap())
                .int64(versions.nextTopoId())
                .int32(versions.nextChunkId())
                .row();
    }

    private static Versions versions(byte[] row) {
        return RowReader.read(
                VERSIONS, ROW_VERSION, row, in -> new Versions(in.int64(), in.int64(), in.int64(), in.int32()));
    }
}
