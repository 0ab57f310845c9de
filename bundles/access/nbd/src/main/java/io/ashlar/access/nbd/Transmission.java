package io.ashlar.access.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection after its handshake: reads requests as far as the limits admit them, hands them to the volume, and
/// writes the replies in the order in which they are done. What the limits do not admit stays in the socket.
///
/// **Thread:** the connection's event loop; only [#returned] is called from others.
final class Transmission extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Transmission.class);

    /// The most that a block status reply takes.
    private static final long STATUS_CLAIM_BYTES = 8L * Limits.MAX_DESCRIPTORS;

    private enum Expecting {
        HEADER,
        ADMISSION,
        DATA,
        SKIPPED_DATA,
        NOTHING
    }

    private record Returned(InFlight inFlight, Answer answer) {}

    private final Connection connection;
    private final Negotiated negotiated;
    private final Volumes.Opened opened;
    private final RequestReader requests = new RequestReader();
    private final ArrayDeque<ByteBuf> backlog = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<Returned> returned = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();

    private ChannelHandlerContext ctx;
    private Admission admission;
    private ExportLink export;
    private ReplyWriter replies;
    private StallWatch stallWatch;

    private Expecting expecting = Expecting.HEADER;
    private Request request;
    private RequestRules.No refusal;
    private long toSkip;
    private boolean batching;
    private boolean ending;

    /// @param opened is closed with the connection
    Transmission(Connection connection, Negotiated negotiated, Volumes.Opened opened) {
        this.connection = connection;
        this.negotiated = negotiated;
        this.opened = opened;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        var loop = context.channel().eventLoop();
        admission = new Admission(connection.limits(), connection.budget(), loop, () -> guarded(this::advance));
        replies = new ReplyWriter(context, negotiated, this::sent);
        export = new ExportLink(
                opened.handle().name(), connection.client(), connection.volumes(), loop, this::returned, this::answer);
        export.attach(opened);
        stallWatch = new StallWatch(
                connection.limits().stallMillis(),
                context.channel(),
                () -> expecting == Expecting.DATA,
                connection.budget()::isShort,
                this::dropStalled);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        batching = true;
        stallWatch.progress();
        if (connection.intake().took(in)) {
            in.release();
        } else {
            backlog.add(in);
        }
        advance();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        drain();
        batching = false;
        context.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == NbdServer.STOP) {
            export.close(); // what waits for a new data path is answered; what is in flight still returns
            finish();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) { // a peer that resets the connection is no news
            connection.log().line(describe() + " is closed after an internal error: " + cause);
            LOG.debug("the trace of that error", cause);
        }
        context.close();
    }

    /// Takes as much from what has arrived as the limits admit.
    private void advance() {
        try {
            while (step()) {
                // one more
            }
        } catch (ProtocolViolation e) {
            drop(e.getMessage());
        }
        boolean wantsMore = expecting != Expecting.ADMISSION && expecting != Expecting.NOTHING;
        if (ctx.channel().config().isAutoRead() != wantsMore) {
            ctx.channel().config().setAutoRead(wantsMore);
        }
    }

    /// @return whether a further step may be possible
    private boolean step() throws ProtocolViolation {
        return switch (expecting) {
            case HEADER -> header();
            case ADMISSION -> admitted();
            case DATA -> data();
            case SKIPPED_DATA -> skip();
            case NOTHING -> false;
        };
    }

    private boolean header() throws ProtocolViolation {
        var in = head();
        if (in == null) {
            return false;
        }
        request = requests.next(in);
        if (request == null) {
            return true;
        }
        if (request.type() == Nbd.CMD_DISC) {
            finish();
            return false;
        }
        refusal = RequestRules.check(request, export.sizeBytes(), negotiated).orElse(null);
        if (refusal != null && request.type() == Nbd.CMD_WRITE && request.length() > Limits.MAX_SKIPPED_WRITE_BYTES) {
            throw new ProtocolViolation("a " + request + " is too long to be skipped");
        }
        expecting = Expecting.ADMISSION;
        return true;
    }

    /// Also a refused request counts until its reply is sent, else a client that never reads could pile up replies.
    private boolean admitted() {
        long claim = refusal == null ? claimOf(request) : 0;
        if (!admission.admit(claim)) {
            return false;
        }
        if (request.type() == Nbd.CMD_WRITE && refusal == null) {
            expecting = Expecting.DATA; // first: from here on the claim is given back if the connection ends
            connection.intake().begin(ctx.alloc(), (int) request.length());
        } else if (request.type() == Nbd.CMD_WRITE) {
            toSkip = request.length();
            expecting = Expecting.SKIPPED_DATA;
        } else {
            expecting = Expecting.HEADER;
            take(new InFlight(request, null, claim));
        }
        return true;
    }

    private boolean data() {
        var intake = connection.intake();
        if (!intake.isComplete()) {
            var in = head();
            if (in == null) {
                return false;
            }
            intake.fill(in);
            return true;
        }
        expecting = Expecting.HEADER;
        connection.readBuffers().received((int) request.length());
        take(new InFlight(request, intake.finish(), request.length()));
        return true;
    }

    private boolean skip() {
        var in = head();
        if (toSkip > 0 && in == null) {
            return false;
        }
        if (toSkip > 0) {
            int length = (int) Math.min(toSkip, in.readableBytes());
            in.skipBytes(length);
            toSkip -= length;
            return true;
        }
        expecting = Expecting.HEADER;
        take(new InFlight(request, null, 0));
        return true;
    }

    private void take(InFlight inFlight) {
        if (refusal != null) {
            replies.refuse(inFlight, refusal);
            flushUnlessBatching();
        } else {
            export.submit(inFlight);
        }
    }

    private static long claimOf(Request request) {
        return switch (request.type()) {
            case Nbd.CMD_READ, Nbd.CMD_WRITE -> request.length();
            case Nbd.CMD_BLOCK_STATUS -> STATUS_CLAIM_BYTES;
            default -> 0;
        };
    }

    /// @return the first buffer with bytes in it, or null
    private ByteBuf head() {
        for (var first = backlog.peek(); first != null; first = backlog.peek()) {
            if (first.isReadable()) {
                return first;
            }
            backlog.poll().release();
        }
        return null;
    }

    /// On any thread. Answers that come in a burst are written and flushed together.
    private void returned(InFlight inFlight, Answer answer) {
        returned.add(new Returned(inFlight, answer));
        if (drainScheduled.compareAndSet(false, true)) {
            try {
                ctx.channel().eventLoop().execute(this::drainAndFlush);
            } catch (RejectedExecutionException e) {
                abandon();
            }
        }
    }

    private void drainAndFlush() {
        guarded(() -> {
            batching = true;
            drain();
            batching = false;
            ctx.flush();
        });
    }

    /// Netty guards what it calls itself, but not tasks: there, too, an error of ours must end the connection and
    /// nothing else.
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            exceptionCaught(ctx, e);
        }
    }

    private void drain() {
        drainScheduled.set(false); // first: what is added from here on schedules again
        for (var next = returned.poll(); next != null; next = returned.poll()) {
            export.returned(next.inFlight(), next.answer());
        }
    }

    /// The server has stopped, no loop is left to answer on.
    private void abandon() {
        drainScheduled.set(false);
        for (var next = returned.poll(); next != null; next = returned.poll()) {
            next.answer().release();
            next.inFlight().releasePayload();
            connection.budget().giveBack(next.inFlight().claimedBytes());
        }
    }

    private void answer(InFlight inFlight, Answer answer) {
        inFlight.releasePayload();
        replies.write(inFlight, answer);
        flushUnlessBatching();
    }

    private void flushUnlessBatching() {
        if (!batching) {
            ctx.flush();
        }
    }

    private void sent(InFlight inFlight) {
        stallWatch.progress();
        admission.done(inFlight.claimedBytes());
        if (ending) {
            closeWhenIdle();
        } else if (expecting == Expecting.ADMISSION) {
            advance();
        }
    }

    /// Reads no further request, lets those in flight end, then closes.
    private void finish() {
        stopReading();
        ending = true;
        ctx.channel().config().setAutoRead(false);
        closeWhenIdle();
    }

    private void closeWhenIdle() {
        if (admission.isIdle()) {
            ctx.close();
        }
    }

    private void drop(String why) {
        connection.log().line(describe() + " is closed: " + why);
        stopReading();
        ctx.close();
    }

    /// A write that was admitted but has not arrived whole is forgotten.
    private void stopReading() {
        var stopped = expecting;
        expecting = Expecting.NOTHING;
        if (stopped == Expecting.DATA) {
            connection.intake().abandon();
            admission.done(request.length());
        } else if (stopped == Expecting.SKIPPED_DATA) {
            admission.done(0);
        }
    }

    private void dropStalled() {
        drop("it holds memory that others wait for, and has made no progress for "
                + connection.limits().stallMillis() + " ms");
    }

    private String describe() {
        return "NBD connection of " + connection.client() + " to " + export.name();
    }

    private void end() {
        stopReading();
        stallWatch.close();
        admission.close();
        for (var next = backlog.poll(); next != null; next = backlog.poll()) {
            next.release();
        }
        export.close();
    }
}
