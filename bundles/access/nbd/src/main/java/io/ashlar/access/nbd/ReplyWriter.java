package io.ashlar.access.nbd;

import io.ashlar.access.IoFailure;
import io.ashlar.access.StatusOutcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/// Encodes replies and writes them, without flushing. Data of reads goes out as it is, without a copy, and is released when it is in the
/// socket or the connection is gone.
///
/// **Thread:** the connection's event loop.
final class ReplyWriter {
    private static final int ERROR_FIXED_BYTES = 6;
    private static final int DESCRIPTOR_BYTES = 8;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

    private final ChannelHandlerContext ctx;
    private final Negotiated negotiated;
    private final Consumer<InFlight> sent;

    /// @param sent called when the reply is in the socket, or cannot get there any more
    ReplyWriter(ChannelHandlerContext ctx, Negotiated negotiated, Consumer<InFlight> sent) {
        this.ctx = ctx;
        this.negotiated = negotiated;
        this.sent = sent;
    }

    /// @param answer is consumed
    void write(InFlight inFlight, Answer answer) {
        var request = inFlight.request();
        switch (answer) {
            case Answer.Bytes bytes -> data(inFlight, bytes);
            case Answer.Done() -> last(inFlight, simple(request, 0));
            case Answer.Runs(var runs) -> last(inFlight, blockStatus(request, runs));
            case Answer.No(var failure) -> error(inFlight, ErrorTable.errno(request.type(), failure.kind()), failure.message());
        }
    }

    void error(InFlight inFlight, int errno, String message) {
        var request = inFlight.request();
        last(inFlight, negotiated.structured() ? errorChunk(request, errno, message) : simple(request, errno));
    }

    private void data(InFlight inFlight, Answer.Bytes answer) {
        var request = inFlight.request();
        var bytes = answer.payload().bytes();
        if (bytes.remaining() != request.length()) {
            answer.release();
            error(inFlight, ErrorTable.errno(request.type(), IoFailure.Kind.IO),
                    "internal error: " + bytes.remaining() + " bytes for a " + request);
            return;
        }
        if (negotiated.structured() && isZero(bytes)) {
            answer.release();
            last(inFlight, hole(request));
            return;
        }
        ctx.write(negotiated.structured() ? dataHeader(request) : simple(request, 0));
        ctx.write(Unpooled.wrappedBuffer(bytes)).addListener(written -> {
            answer.release();
            sent.accept(inFlight);
        });
    }

    private void last(InFlight inFlight, ByteBuf reply) {
        ctx.write(reply).addListener(written -> sent.accept(inFlight));
    }

    private ByteBuf simple(Request request, int errno) {
        return buffer(Nbd.SIMPLE_REPLY_BYTES)
                .writeInt(Nbd.SIMPLE_REPLY_MAGIC)
                .writeInt(errno)
                .writeLong(request.cookie());
    }

    private ByteBuf dataHeader(Request request) {
        int offsetBytes = Long.BYTES;
        return chunk(request, Nbd.REPLY_OFFSET_DATA, offsetBytes, (int) request.length()).writeLong(request.offset());
    }

    private ByteBuf hole(Request request) {
        return chunk(request, Nbd.REPLY_OFFSET_HOLE, Long.BYTES + Integer.BYTES, 0)
                .writeLong(request.offset())
                .writeInt((int) request.length());
    }

    private ByteBuf errorChunk(Request request, int errno, String message) {
        var text = OptionReplies.cut(message);
        return chunk(request, Nbd.REPLY_ERROR, ERROR_FIXED_BYTES + text.length, 0)
                .writeInt(errno)
                .writeShort(text.length)
                .writeBytes(text);
    }

    private ByteBuf blockStatus(Request request, List<StatusOutcome.Run> runs) {
        int most = request.has(Nbd.CMD_FLAG_REQ_ONE) ? 1 : Limits.MAX_DESCRIPTORS;
        int count = Math.min(runs.size(), most);
        var reply = chunk(request, Nbd.REPLY_BLOCK_STATUS, Integer.BYTES + count * DESCRIPTOR_BYTES, 0);
        reply.writeInt(Nbd.BASE_ALLOCATION_ID);
        for (int i = 0; i < count; i++) {
            var run = runs.get(i);
            reply.writeInt((int) run.lengthBytes());
            reply.writeInt(run.allocated() ? 0 : Nbd.STATE_HOLE | Nbd.STATE_ZERO);
        }
        return reply;
    }

    /// @param hereBytes of the payload, to be written by the caller into the returned buffer
    /// @param followingBytes of the payload, in a buffer of their own
    private ByteBuf chunk(Request request, int type, int hereBytes, int followingBytes) {
        return buffer(Nbd.CHUNK_HEADER_BYTES + hereBytes)
                .writeInt(Nbd.STRUCTURED_REPLY_MAGIC)
                .writeShort(Nbd.REPLY_FLAG_DONE)
                .writeShort(type)
                .writeLong(request.cookie())
                .writeInt(hereBytes + followingBytes);
    }

    private ByteBuf buffer(int bytes) {
        return ctx.alloc().directBuffer(bytes, bytes);
    }

    /// Cheap for data, which differs from zero early as a rule; for zeros it saves the way through both sockets.
    private static boolean isZero(ByteBuffer bytes) {
        var rest = bytes.duplicate();
        while (rest.hasRemaining()) {
            int length = Math.min(rest.remaining(), ZEROS.capacity());
            var piece = rest.slice(rest.position(), length);
            if (piece.mismatch(ZEROS.slice(0, length)) >= 0) {
                return false;
            }
            rest.position(rest.position() + length);
        }
        return true;
    }
}
