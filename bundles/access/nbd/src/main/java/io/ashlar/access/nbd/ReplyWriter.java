package io.ashlar.access.nbd;

import io.ashlar.access.StatusOutcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Encodes replies and writes them, without flushing. Data of reads goes out as it is, without a copy, and is released
/// when it is in the socket or the connection is gone.
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

    /// @param answer is consumed, also when this throws for want of memory
    void write(InFlight inFlight, Answer answer) {
        var request = inFlight.request();
        if (answer instanceof Answer.Bytes(var payload) && travels(request, payload.bytes())) {
            ctx.write(encoded(
                    inFlight, () -> negotiated.structured() ? dataHeader(request) : simple(request, 0), answer));
            ctx.write(Unpooled.wrappedBuffer(payload.bytes())).addListener(written -> {
                payload.release();
                sent.accept(inFlight);
            });
        } else {
            ByteBuf reply = encoded(inFlight, () -> withoutData(request, answer), answer);
            answer.release();
            writeLast(inFlight, reply);
        }
    }

    void refuse(InFlight inFlight, RequestRules.No refusal) {
        var request = inFlight.request();
        writeLast(inFlight, encoded(inFlight, () -> error(request, refusal.errno(), refusal.message()), Answer.DONE));
    }

    private ByteBuf encoded(InFlight inFlight, Supplier<ByteBuf> encoder, Answer answer) {
        try {
            return encoder.get();
        } catch (OutOfMemoryError e) {
            answer.release();
            sent.accept(inFlight);
            throw e;
        }
    }

    private void writeLast(InFlight inFlight, ByteBuf reply) {
        ctx.write(reply).addListener(written -> sent.accept(inFlight));
    }

    /// Zeros need not travel where a hole can be told.
    private boolean travels(Request request, ByteBuffer bytes) {
        return bytes.remaining() == request.length() && !(negotiated.structured() && isZero(bytes));
    }

    private ByteBuf withoutData(Request request, Answer answer) {
        return switch (answer) {
            case Answer.Bytes(var payload) ->
                payload.bytes().remaining() == request.length() ? hole(request) : nonsense(request);
            case Answer.Done() -> simple(request, 0);
            case Answer.Runs(var runs) -> runs.isEmpty() ? nonsense(request) : blockStatus(request, runs);
            case Answer.No(var failure) ->
                error(request, ErrorTable.errno(request.type(), failure.kind()), failure.message());
        };
    }

    private ByteBuf nonsense(Request request) {
        return error(request, Nbd.EIO, "internal error: the data path's answer does not fit a " + request);
    }

    private ByteBuf error(Request request, int errno, String message) {
        return negotiated.structured() ? errorChunk(request, errno, message) : simple(request, errno);
    }

    private ByteBuf simple(Request request, int errno) {
        return buffer(Nbd.SIMPLE_REPLY_BYTES)
                .writeInt(Nbd.SIMPLE_REPLY_MAGIC)
                .writeInt(errno)
                .writeLong(request.cookie());
    }

    private ByteBuf dataHeader(Request request) {
        int offsetBytes = Long.BYTES;
        return chunk(request, Nbd.REPLY_OFFSET_DATA, offsetBytes, (int) request.length())
                .writeLong(request.offset());
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
