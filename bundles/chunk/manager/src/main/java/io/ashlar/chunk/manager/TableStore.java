package io.ashlar.chunk.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.StorageException;
import io.ashlar.chunk.TopoObject;
import io.ashlar.chunk.TopoObject.Kind;
import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import io.ashlar.meta.RowFormat;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
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
        return RowFormat.write(ROW_VERSION, out -> {
            out.writeLong(object.id());
            out.writeInt(object.kind().ordinal());
            out.writeUTF(object.name());
            out.writeLong(object.parentId());
            out.writeLong(object.ringId());
        });
    }

    private static TopoObject topo(byte[] row) {
        return RowFormat.read(TOPO, ROW_VERSION, row, in -> {
            long id = in.readLong();
            int kind = in.readInt();
            if (kind < 0 || kind >= Kind.values().length) {
                throw new IllegalArgumentException("kind " + kind);
            }
            return new TopoObject(id, Kind.values()[kind], in.readUTF(), in.readLong(), in.readLong());
        });
    }

    private static byte[] row(ChunkRecord chunk) {
        return RowFormat.write(ROW_VERSION, out -> {
            out.writeInt(chunk.id().value());
            out.writeLong(chunk.topoId());
            out.writeLong(chunk.nodeId());
            out.writeLong(chunk.storeUuid().getMostSignificantBits());
            out.writeLong(chunk.storeUuid().getLeastSignificantBits());
            out.writeUTF(chunk.host());
            out.writeInt(chunk.port());
            out.writeUTF(chunk.machineId());
            out.writeUTF(chunk.diskId());
            out.writeUTF(chunk.directory());
            out.writeLong(chunk.capacityBytes());
        });
    }

    private static ChunkRecord chunk(byte[] row) {
        return RowFormat.read(
                CHUNKS,
                ROW_VERSION,
                row,
                in -> new ChunkRecord(
                        new ChunkId(in.readInt()),
                        in.readLong(),
                        in.readLong(),
                        new UUID(in.readLong(), in.readLong()),
                        in.readUTF(),
                        in.readInt(),
                        in.readUTF(),
                        in.readUTF(),
                        in.readUTF(),
                        in.readLong()));
    }

    private static byte[] row(NodeRecord node) {
        return RowFormat.write(ROW_VERSION, out -> {
            out.writeLong(node.topoId());
            out.writeUTF(node.registeredName());
        });
    }

    private static NodeRecord node(byte[] row) {
        return RowFormat.read(NODES, ROW_VERSION, row, in -> new NodeRecord(in.readLong(), in.readUTF()));
    }

    private static byte[] row(Versions versions) {
        return RowFormat.write(ROW_VERSION, out -> {
            out.writeLong(versions.topo());
            out.writeLong(versions.nodeMap());
            out.writeLong(versions.nextTopoId());
            out.writeInt(versions.nextChunkId());
        });
    }

    private static Versions versions(byte[] row) {
        return RowFormat.read(
                VERSIONS,
                ROW_VERSION,
                row,
                in -> new Versions(in.readLong(), in.readLong(), in.readLong(), in.readInt()));
    }
}
