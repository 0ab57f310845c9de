package io.ashlar.access.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The client's side of the protocol, as blunt as a test needs it: it can also lie.
final class TestClient implements AutoCloseable {
    /// @param data the payload of a structured chunk or of a simple read
    record Reply(int magic, int flags, int type, int errno, long cookie, byte[] data) {
        ByteBuffer buffer() {
            return ByteBuffer.wrap(data);
        }

        /// @return the error of a structured or simple reply, 0 for success
        int error() {
            return magic == Nbd.STRUCTURED_REPLY_MAGIC && type == Nbd.REPLY_ERROR ? buffer().getInt() : errno;
        }

        String message() {
            return new String(data, 6, buffer().getShort(4), StandardCharsets.UTF_8);
        }
    }

    record OptionReply(int option, int type, byte[] data) {
        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }
    }

    final Socket socket = new Socket();
    final DataInputStream in;
    final DataOutputStream out;
    long exportBytes;
    int exportFlags;

    TestClient(InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        socket.connect(address);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    }

    TestClient flags(int flags) throws IOException {
        assertEquals(Nbd.INIT_MAGIC, in.readLong());
        assertEquals(Nbd.OPTION_MAGIC, in.readLong());
        assertEquals(3, in.readUnsignedShort());
        out.writeInt(flags);
        out.flush();
        return this;
    }

    TestClient structured() throws IOException {
        assertEquals(
                Nbd.REP_ACK,
                option(Nbd.OPT_STRUCTURED_REPLY, new byte[0]).getLast().type());
        return this;
    }

    TestClient allocation(String export) throws IOException {
        var replies = option(Nbd.OPT_SET_META_CONTEXT, contextQuery(export, Nbd.BASE_ALLOCATION));
        assertEquals(
                List.of(Nbd.REP_META_CONTEXT, Nbd.REP_ACK),
                replies.stream().map(OptionReply::type).toList());
        return this;
    }

    TestClient go(String export) throws IOException {
        var replies = option(Nbd.OPT_GO, goData(export));
        assertEquals(
                Nbd.REP_ACK, replies.getLast().type(), () -> replies.getLast().text());
        var info = ByteBuffer.wrap(replies.getFirst().data());
        assertEquals(Nbd.INFO_EXPORT, info.getShort());
        exportBytes = info.getLong();
        exportFlags = Short.toUnsignedInt(info.getShort());
        return this;
    }

    static byte[] goData(String export, int... infos) {
        var name = export.getBytes(StandardCharsets.UTF_8);
        var data = ByteBuffer.allocate(6 + name.length + 2 * infos.length)
                .putInt(name.length)
                .put(name)
                .putShort((short) infos.length);
        for (int info : infos) {
            data.putShort((short) info);
        }
        return data.array();
    }

    static byte[] contextQuery(String export, String... queries) {
        var data = ByteBuffer.allocate(1 << 16);
        data.putInt(export.length())
                .put(export.getBytes(StandardCharsets.UTF_8))
                .putInt(queries.length);
        for (var query : queries) {
            data.putInt(query.length()).put(query.getBytes(StandardCharsets.UTF_8));
        }
        return java.util.Arrays.copyOf(data.array(), data.position());
    }

    void sendOption(int option, byte[] data) throws IOException {
        out.writeLong(Nbd.OPTION_MAGIC);
        out.writeInt(option);
        out.writeInt(data.length);
        out.write(data);
        out.flush();
    }

    /// @return all replies, the last of which ends the option
    List<OptionReply> option(int option, byte[] data) throws IOException {
        sendOption(option, data);
        var replies = new ArrayList<OptionReply>();
        do {
            assertEquals(Nbd.OPTION_REPLY_MAGIC, in.readLong());
            assertEquals(option, in.readInt());
            int type = in.readInt();
            replies.add(new OptionReply(option, type, in.readNBytes(in.readInt())));
        } while (replies.getLast().type() > Nbd.REP_ACK);
        return replies;
    }

    TestClient request(int flags, int type, long cookie, long offset, long length, byte[] data) throws IOException {
        out.writeInt(Nbd.REQUEST_MAGIC);
        out.writeShort(flags);
        out.writeShort(type);
        out.writeLong(cookie);
        out.writeLong(offset);
        out.writeInt((int) length);
        out.write(data);
        out.flush();
        return this;
    }

    TestClient request(int flags, int type, long cookie, long offset, long length) throws IOException {
        return request(flags, type, cookie, offset, length, new byte[0]);
    }

    /// @param readLength the data that follows a simple reply without error
    Reply reply(int readLength) throws IOException {
        int magic = in.readInt();
        if (magic == Nbd.SIMPLE_REPLY_MAGIC) {
            int errno = in.readInt();
            long cookie = in.readLong();
            return new Reply(magic, 0, 0, errno, cookie, in.readNBytes(errno == 0 ? readLength : 0));
        }
        assertEquals(Nbd.STRUCTURED_REPLY_MAGIC, magic);
        int flags = in.readUnsignedShort();
        int type = in.readUnsignedShort();
        long cookie = in.readLong();
        return new Reply(magic, flags, type, 0, cookie, in.readNBytes(in.readInt()));
    }

    Reply call(int flags, int type, long offset, long length) throws IOException {
        long cookie = System.nanoTime();
        var reply = request(flags, type, cookie, offset, length).reply(type == Nbd.CMD_READ ? (int) length : 0);
        assertEquals(cookie, reply.cookie());
        return reply;
    }

    Reply write(int flags, long offset, byte[] data) throws IOException {
        return request(flags, Nbd.CMD_WRITE, 77, offset, data.length, data).reply(0);
    }

    byte[] read(long offset, int length) throws IOException {
        var reply = call(0, Nbd.CMD_READ, offset, length);
        assertEquals(0, reply.error());
        if (reply.magic() == Nbd.SIMPLE_REPLY_MAGIC) {
            return reply.data();
        }
        assertEquals(offset, reply.buffer().getLong());
        return reply.type() == Nbd.REPLY_OFFSET_HOLE
                ? new byte[length]
                : java.util.Arrays.copyOfRange(reply.data(), 8, reply.data().length);
    }

    /// The server has closed the connection, whether in order or by a reset.
    void assertClosed() throws IOException {
        try {
            assertEquals(-1, in.read());
        } catch (java.net.SocketException e) {
            // a reset is an end too
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
