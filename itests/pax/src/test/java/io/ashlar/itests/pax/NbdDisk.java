package io.ashlar.itests.pax;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A volume over the network block device protocol: fixed newstyle, simple replies, one request at a time.
final class NbdDisk implements Disk {

    private static final long OPTION_MAGIC = 0x49484156454f5054L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int GO = 7;
    private static final int ACK = 1;
    private static final int INFO = 3;
    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int DISCONNECT = 2;
    private static final int BOUND_MILLIS = 40_000;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private long cookie;

    NbdDisk(String volume) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), Integer.getInteger("ashlar.port.nbd"));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(BOUND_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        in.skipNBytes(18); // the two magic numbers and the server's flags
        out.writeInt(3);
        var name = volume.getBytes(StandardCharsets.UTF_8);
        out.writeLong(OPTION_MAGIC);
        out.writeInt(GO);
        out.writeInt(4 + name.length + 2);
        out.writeInt(name.length);
        out.write(name);
        out.writeShort(0);
        out.flush();
        int kind;
        do {
            in.skipNBytes(8 + 4);
            kind = in.readInt();
            in.skipNBytes(in.readInt());
        } while (kind == INFO);
        if (kind != ACK) {
            throw new IOException(volume + " is refused: " + (kind & Integer.MAX_VALUE));
        }
    }

    @Override
    public void write(long offset, byte[] sector) throws IOException {
        request(WRITE, offset);
        out.write(sector);
        reply("write", offset);
    }

    @Override
    public byte[] read(long offset) throws IOException {
        request(READ, offset);
        reply("read", offset);
        return in.readNBytes(SECTOR);
    }

    private void request(int type, long offset) throws IOException {
        out.writeInt(REQUEST_MAGIC);
        out.writeShort(0);
        out.writeShort(type);
        out.writeLong(++cookie);
        out.writeLong(offset);
        out.writeInt(type == DISCONNECT ? 0 : SECTOR);
    }

    private void reply(String what, long offset) throws IOException {
        out.flush();
        int magic = in.readInt();
        int error = in.readInt();
        if (magic != REPLY_MAGIC || error != 0 || in.readLong() != cookie) {
            throw new IOException(what + " at " + offset + ": error " + error);
        }
    }

    @Override
    public void close() throws IOException {
        try (socket) {
            request(DISCONNECT, 0);
            out.flush();
        }
    }
}
