package io.ashlar.extent.manager;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;
import io.ashlar.meta.RowFormat;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The names of the tables and the binary form of their rows. Every value begins with a version byte; keys are
/// big-endian, so that tables are in the order of the ids.
final class Rows {
    static final String LEXTENTS = "extent-lextents";
    static final String PEXTENTS = "extent-pextents";
    static final String SESSIONS = "extent-sessions";
    static final String COUNTERS = "extent-counters";

    private static final int VERSION = 1;
    private static final int MAX_LOCATION = 255;
    private static final int MAX_TEXT_CHARACTERS = 500;

    private Rows() {}

    /// The row of counters.
    ///
    /// @param term of the leader that wrote it last
    /// @param epochLimit every epoch and space version of that term that was ever given is at most this
    /// @param nextLid every lid ever given has a lower counter
    /// @param nextPid likewise
    record Counters(long term, long epochLimit, long nextLid, long nextPid) {
        static final Counters NONE = new Counters(0, 0, 1, 1);
    }

    static byte[] key(Lid lid) {
        return longKey(lid.value());
    }

    static byte[] key(Pid pid) {
        return longKey(pid.value());
    }

    static Lid lid(byte[] key) {
        return new Lid(ByteBuffer.wrap(key).getLong());
    }

    static Pid pid(byte[] key) {
        return new Pid(ByteBuffer.wrap(key).getLong());
    }

    static byte[] key(SessionId session) {
        var id = session.value();
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /// @param shard the counters are each shard's own
    static byte[] countersKey(int shard) {
        return ByteBuffer.allocate(Short.BYTES).putShort((short) shard).array();
    }

    /// The key of a row that a leader writes before it reads, so that the store knows its term and refuses the leader
    /// of before.
    static byte[] fenceKey(int shard) {
        return ByteBuffer.allocate(Short.BYTES + 1)
                .putShort((short) shard)
                .put((byte) 'f')
                .array();
    }

    private static byte[] longKey(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }

    static byte[] encode(Lextent row) {
        return written(out -> {
            out.writeLong(row.lid().value());
            out.writeLong(row.volumeId());
            out.writeByte(row.replicas());
            writeText(out, row.placement());
            writeText(out, row.provision());
            out.writeLong(row.pid().map(Pid::value).orElse(0L));
        });
    }

    static Lextent lextent(byte[] value) {
        return read(LEXTENTS, value, in -> {
            var lid = new Lid(in.readLong());
            long volumeId = in.readLong();
            int replicas = in.readUnsignedByte();
            String placement = readText(in);
            String provision = readText(in);
            long pid = in.readLong();
            return new Lextent(
                    lid,
                    volumeId,
                    replicas,
                    placement,
                    provision,
                    pid == 0 ? Optional.empty() : Optional.of(new Pid(pid)));
        });
    }

    static byte[] encode(Pextent row) {
        return written(out -> {
            out.writeLong(row.pid().value());
            out.writeLong(row.lid().value());
            out.writeLong(row.volumeId());
            if (row.location().size() > MAX_LOCATION) {
                throw new IllegalArgumentException(
                        row.pid() + " with " + row.location().size() + " segments");
            }
            out.writeByte(row.location().size());
            for (var chunk : row.location()) {
                out.writeInt(chunk.value());
            }
            out.writeLong(row.locationVersion());
            out.writeLong(row.floor().epoch().value());
            out.writeLong(row.floor().counter());
            out.writeLong(row.epoch().value());
            out.writeBoolean(row.synced());
            out.writeByte(row.replicas());
            out.writeBoolean(row.thick());
            writeText(out, row.policy());
            writeText(out, row.why());
        });
    }

    static Pextent pextent(byte[] value) {
        return read(PEXTENTS, value, in -> {
            var pid = new Pid(in.readLong());
            var lid = new Lid(in.readLong());
            long volumeId = in.readLong();
            var location = readLocation(in);
            long locationVersion = in.readLong();
            var floor = new Generation(new LeaseEpoch(in.readLong()), in.readLong());
            var epoch = new LeaseEpoch(in.readLong());
            boolean synced = in.readBoolean();
            int replicas = in.readUnsignedByte();
            boolean thick = in.readBoolean();
            String policy = readText(in);
            String why = readText(in);
            return new Pextent(
                    pid, lid, volumeId, location, locationVersion, floor, epoch, synced, replicas, thick, policy, why);
        });
    }

    static byte[] encode(SessionRow row) {
        return written(out -> {
            out.writeLong(row.id().value().getMostSignificantBits());
            out.writeLong(row.id().value().getLeastSignificantBits());
            writeText(out, row.node());
            writeText(out, row.process().machineId());
            writeText(out, row.process().bootId());
            out.writeLong(row.process().pid());
            out.writeLong(row.process().startTicks());
        });
    }

    static SessionRow session(byte[] value) {
        return read(SESSIONS, value, in -> {
            var id = new SessionId(new UUID(in.readLong(), in.readLong()));
            String node = readText(in);
            return new SessionRow(
                    id, node, new ProcessIdentity(readText(in), readText(in), in.readLong(), in.readLong()));
        });
    }

    static byte[] encode(Counters row) {
        return written(out -> {
            out.writeLong(row.term());
            out.writeLong(row.epochLimit());
            out.writeLong(row.nextLid());
            out.writeLong(row.nextPid());
        });
    }

    static Counters counters(byte[] value) {
        return read(COUNTERS, value, in -> new Counters(in.readLong(), in.readLong(), in.readLong(), in.readLong()));
    }

    private static List<ChunkId> readLocation(DataInputStream in) throws IOException {
        int size = in.readUnsignedByte();
        var location = new ArrayList<ChunkId>(size);
        for (int i = 0; i < size; i++) {
            location.add(new ChunkId(in.readInt()));
        }
        return location;
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        out.writeUTF(text.length() > MAX_TEXT_CHARACTERS ? text.substring(0, MAX_TEXT_CHARACTERS) : text);
    }

    /// Names of policies and reasons repeat in every row: one copy of each is kept in memory.
    private static String readText(DataInputStream in) throws IOException {
        return in.readUTF().intern();
    }

    private static byte[] written(RowFormat.Writer writer) {
        return RowFormat.write(VERSION, writer);
    }

    private static <T> T read(String table, byte[] value, RowFormat.Reader<T> reader) {
        return RowFormat.read(table, VERSION, value, reader);
    }
}
