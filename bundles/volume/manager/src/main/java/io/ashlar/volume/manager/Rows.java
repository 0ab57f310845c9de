package io.ashlar.volume.manager;

import io.ashlar.base.Lid;
import io.ashlar.base.SessionId;
import io.ashlar.meta.RowFormat;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/// The names of the tables and the binary form of their rows. Every value begins with a version byte; keys are
/// big-endian.
final class Rows {
    static final String POOLS = "volume-pools";
    static final String VOLUMES = "volume-volumes";
    /// VTable: the lids of a volume, [#LIDS_PER_ROW] to a row (VM-03).
    static final String VTABLE = "volume-vtable";
    /// Volumes whose extents may be more than their VTable says, because something is unfinished.
    static final String INTENTS = "volume-intents";
    static final String OPENS = "volume-opens";
    static final String COUNTERS = "volume-counters";

    static final int LIDS_PER_ROW = 4096;

    static final byte[] NEXT_ID = {'i', 'd'};
    /// Written by a leader before it reads, so that the store knows its term and refuses the leader of before.
    static final byte[] FENCE = {'f'};

    private static final int VERSION = 1;

    private Rows() {}

    static byte[] key(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    static byte[] vtableKey(long volumeId, int row) {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(volumeId)
                .putInt(row)
                .array();
    }

    static long volumeOfVtableKey(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    static byte[] opensKey(long volumeId, SessionId session) {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(volumeId)
                .putLong(session.value().getMostSignificantBits())
                .putLong(session.value().getLeastSignificantBits())
                .array();
    }

    static byte[] encode(Pool row) {
        return written(out -> {
            out.writeLong(row.id());
            out.writeUTF(row.name());
            out.writeByte(row.replicas());
            out.writeUTF(row.placement());
            out.writeUTF(row.provision());
        });
    }

    static Pool pool(byte[] value) {
        return read(
                POOLS,
                value,
                in -> new Pool(in.readLong(), in.readUTF(), in.readUnsignedByte(), in.readUTF(), in.readUTF()));
    }

    static byte[] encode(Volume row) {
        return written(out -> {
            out.writeLong(row.id());
            out.writeLong(row.poolId());
            out.writeUTF(row.name());
            out.writeLong(row.sizeBytes());
            out.writeByte(row.replicas());
            out.writeUTF(row.placement());
            out.writeUTF(row.provision());
            out.writeInt(row.extents());
            out.writeBoolean(row.deleting());
        });
    }

    static Volume volume(byte[] value) {
        return read(
                VOLUMES,
                value,
                in -> new Volume(
                        in.readLong(),
                        in.readLong(),
                        in.readUTF(),
                        in.readLong(),
                        in.readUnsignedByte(),
                        in.readUTF(),
                        in.readUTF(),
                        in.readInt(),
                        in.readBoolean()));
    }

    static byte[] encode(Opens row) {
        return written(out -> {
            out.writeLong(row.volumeId());
            out.writeLong(row.session().value().getMostSignificantBits());
            out.writeLong(row.session().value().getLeastSignificantBits());
            out.writeInt(row.clients().size());
            for (var client : new TreeMap<>(row.clients()).entrySet()) {
                out.writeUTF(client.getKey());
                out.writeInt(client.getValue());
            }
        });
    }

    static Opens opens(byte[] value) {
        return read(OPENS, value, in -> {
            long volumeId = in.readLong();
            var session = new SessionId(new UUID(in.readLong(), in.readLong()));
            var clients = new TreeMap<String, Integer>();
            int size = in.readInt();
            for (int i = 0; i < size; i++) {
                clients.put(in.readUTF(), in.readInt());
            }
            return new Opens(volumeId, session, clients);
        });
    }

    /// @param lids at most [#LIDS_PER_ROW]
    static byte[] encode(List<Lid> lids) {
        return written(out -> {
            for (var lid : lids) {
                out.writeLong(lid.value());
            }
        });
    }

    static List<Lid> lids(byte[] value) {
        return read(VTABLE, value, in -> {
            var lids = new ArrayList<Lid>(in.available() / Long.BYTES);
            while (in.available() > 0) {
                lids.add(new Lid(in.readLong()));
            }
            return lids;
        });
    }

    static byte[] encode(long number) {
        return written(out -> out.writeLong(number));
    }

    static long number(byte[] value) {
        return read(COUNTERS, value, DataInputStream::readLong);
    }

    private static byte[] written(RowFormat.Writer writer) {
        return RowFormat.write(VERSION, writer);
    }

    private static <T> T read(String table, byte[] value, RowFormat.Reader<T> reader) {
        return RowFormat.read(table, VERSION, value, reader);
    }
}
