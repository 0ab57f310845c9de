package io.ashlar.access.nbd;

import io.ashlar.base.Units;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes what the server says during the handshake.
final class OptionReplies {
    static final int MIN_BLOCK_BYTES = 1;

    private static final int OLD_PADDING_BYTES = 124;

    private OptionReplies() {}

    static void greeting(ByteBuf out) {
        out.writeLong(Nbd.INIT_MAGIC);
        out.writeLong(Nbd.OPTION_MAGIC);
        out.writeShort(Nbd.FLAG_FIXED_NEWSTYLE | Nbd.FLAG_NO_ZEROES);
    }

    static void ack(ByteBuf out, int option) {
        header(out, option, Nbd.REP_ACK, 0);
    }

    /// @param message one line for the user; cut to what the protocol allows
    static void error(ByteBuf out, int option, int error, String message) {
        var text = cut(message);
        header(out, option, error, text.length);
        out.writeBytes(text);
    }

    static void server(ByteBuf out, String export) {
        var name = export.getBytes(StandardCharsets.UTF_8);
        header(out, Nbd.OPT_LIST, Nbd.REP_SERVER, Integer.BYTES + name.length);
        out.writeInt(name.length);
        out.writeBytes(name);
    }

    static void metaContext(ByteBuf out, int option, int id, String name) {
        header(out, option, Nbd.REP_META_CONTEXT, Integer.BYTES + ByteBufUtil.utf8Bytes(name));
        out.writeInt(id);
        out.writeCharSequence(name, StandardCharsets.UTF_8);
    }

    static void infoExport(ByteBuf out, int option, long sizeBytes, int flags) {
        header(out, option, Nbd.REP_INFO, 12);
        out.writeShort(Nbd.INFO_EXPORT);
        out.writeLong(sizeBytes);
        out.writeShort(flags);
    }

    static void infoText(ByteBuf out, int option, int type, String text) {
        header(out, option, Nbd.REP_INFO, Short.BYTES + ByteBufUtil.utf8Bytes(text));
        out.writeShort(type);
        out.writeCharSequence(text, StandardCharsets.UTF_8);
    }

    static void infoBlockSize(ByteBuf out, int option) {
        header(out, option, Nbd.REP_INFO, 14);
        out.writeShort(Nbd.INFO_BLOCK_SIZE);
        out.writeInt(MIN_BLOCK_BYTES);
        out.writeInt(Units.SECTOR_BYTES);
        out.writeInt(Units.MAX_IO_BYTES);
    }

    /// The answer to the one option that has no reply header.
    static void exportName(ByteBuf out, long sizeBytes, int flags, boolean noZeroes) {
        out.writeLong(sizeBytes);
        out.writeShort(flags);
        if (!noZeroes) {
            out.writeZero(OLD_PADDING_BYTES);
        }
    }

    static byte[] cut(String message) {
        var text = message.getBytes(StandardCharsets.UTF_8);
        if (text.length <= Nbd.MAX_STRING_BYTES) {
            return text;
        }
        int end = Nbd.MAX_STRING_BYTES;
        while ((text[end] & 0xc0) == 0x80) {
            end--; // not inside a character
        }
        return Arrays.copyOf(text, end);
    }

    private static void header(ByteBuf out, int option, int type, int length) {
        out.writeLong(Nbd.OPTION_REPLY_MAGIC);
        out.writeInt(option);
        out.writeInt(type);
        out.writeInt(length);
    }
}
