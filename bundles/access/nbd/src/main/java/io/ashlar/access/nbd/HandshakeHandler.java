package io.ashlar.access.nbd;

import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries the handshake of one connection, asks the cluster on its behalf, and makes room for [Transmission] when it
/// is done.
///
/// **Thread:** the connection's event loop.
final class HandshakeHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);
    private static final Handshake.Step NEXT = new Handshake.Step.Next();

    private final Connection connection;
    private final OptionReader options = new OptionReader();
    private final Handshake handshake = new Handshake();

    private ChannelHandlerContext ctx;
    private ByteBuf received;
    private ScheduledFuture<?> idle;
    private boolean asking;
    private boolean over;

    HandshakeHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        received = context.alloc().buffer();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var out = context.alloc().buffer();
        OptionReplies.greeting(out);
        context.writeAndFlush(out);
        awaitOption();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var in = (ByteBuf) message;
        try {
            received.writeBytes(in);
        } finally {
            in.release();
        }
        work();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        end();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == NbdServer.STOP) {
            context.close();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) { // a peer that resets the connection is no news
            context.close();
        } else {
            drop("internal error: " + cause);
            LOG.debug("the trace of that error", cause);
        }
    }

    private void work() {
        var out = ctx.alloc().buffer();
        try {
            while (!asking && !over) {
                var option = options.next(received);
                if (option == null) {
                    break;
                }
                awaitOption();
                follow(handshake.take(option, out), out);
            }
        } catch (ProtocolViolation e) {
            drop(e.getMessage());
        }
        if (!over) {
            received.discardSomeReadBytes();
            ctx.channel().config().setAutoRead(!asking); // what comes meanwhile stays in the socket
        }
        send(out);
    }

    private void follow(Handshake.Step step, ByteBuf out) {
        switch (step) {
            case Handshake.Step.Next() -> {}
            case Handshake.Step.Close() -> closeAfter(out);
            case Handshake.Step.ListExports() -> {
                beginAsking();
                connection.volumes().list(outcome -> onLoop(() -> listed(outcome)));
            }
            case Handshake.Step.Open open -> {
                beginAsking();
                connection.volumes().open(open.name(), connection.client(), outcome -> {
                    if (!onLoop(() -> opened(open, outcome))) {
                        giveBack(outcome);
                    }
                });
            }
        }
    }

    private void closeAfter(ByteBuf out) {
        over = true;
        ctx.write(out.retainedSlice()).addListener(ChannelFutureListener.CLOSE);
        out.clear();
        ctx.flush();
    }

    private void listed(Outcome<List<String>> outcome) {
        if (over) {
            return;
        }
        asking = false;
        var out = ctx.alloc().buffer();
        switch (outcome) {
            case Outcome.Ok<List<String>>(var names) -> handshake.listed(names, out);
            case Outcome.Refused<List<String>>(var refusal) -> follow(refused(Nbd.OPT_LIST, refusal, out), out);
        }
        send(out);
        goOn();
    }

    private void opened(Handshake.Step.Open open, Outcome<Volumes.Opened> outcome) {
        if (over) {
            giveBack(outcome);
            return;
        }
        asking = false;
        var out = ctx.alloc().buffer();
        switch (outcome) {
            case Outcome.Refused<Volumes.Opened>(var refusal) -> {
                logRefused(open, refusal);
                follow(refused(open.option(), refusal, out), out);
                send(out);
            }
            case Outcome.Ok<Volumes.Opened>(var opened) -> {
                handshake.opened(open, opened.handle().sizeBytes(), out);
                send(out);
                if (open.option() == Nbd.OPT_INFO) {
                    opened.handle().close();
                } else {
                    transmit(open.name(), opened);
                    return;
                }
            }
        }
        goOn();
    }

    private Handshake.Step refused(int option, Outcome.Refusal refusal, ByteBuf out) {
        int error = ErrorTable.optionError(refusal.kind());
        return handshake.refused(option, error, refusal.what() + ": " + refusal.remedy(), out);
    }

    private void logRefused(Handshake.Step.Open open, Outcome.Refusal refusal) {
        connection
                .log()
                .line("NBD client " + connection.client() + " cannot have " + ObjectName.printable(open.name()) + ": "
                        + refusal.what());
    }

    private void transmit(String export, Volumes.Opened opened) {
        LOG.info("NBD client {} opened {}", connection.client(), ObjectName.printable(export));
        over = true;
        var rest = received.readRetainedSlice(received.readableBytes());
        var pipeline = ctx.pipeline();
        pipeline.replace(this, "transmission", new Transmission(connection, handshake.negotiated(export), opened));
        var next = pipeline.lastContext();
        pipeline.channel().config().setAutoRead(true);
        ((Transmission) next.handler()).channelRead(next, rest);
        ((Transmission) next.handler()).channelReadComplete(next);
    }

    private void beginAsking() {
        asking = true;
        stopWaiting();
    }

    private void goOn() {
        if (!over) {
            awaitOption();
            work();
        }
    }

    private void awaitOption() {
        stopWaiting();
        int millis = connection.limits().handshakeIdleMillis();
        idle = ctx.executor()
                .schedule(
                        () -> drop("no complete option came within " + millis + " ms"), millis, TimeUnit.MILLISECONDS);
    }

    private void stopWaiting() {
        if (idle != null) {
            idle.cancel(false);
            idle = null;
        }
    }

    private void send(ByteBuf out) {
        if (out.isReadable()) {
            ctx.writeAndFlush(out);
        } else {
            out.release();
        }
    }

    private void drop(String why) {
        if (!over) {
            connection.log().line("NBD handshake of " + connection.client() + " is closed: " + why);
        }
        over = true;
        ctx.close();
    }

    private void end() {
        over = true;
        stopWaiting();
        if (received != null) {
            received.release();
            received = null;
        }
    }

    private static void giveBack(Outcome<Volumes.Opened> outcome) {
        if (outcome instanceof Outcome.Ok<Volumes.Opened>(var late)) {
            late.handle().close();
        }
    }

    private boolean onLoop(Runnable task) {
        try {
            ctx.channel().eventLoop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the server has stopped
        }
    }
}
