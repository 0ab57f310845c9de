package io.ashlar.access.nbd;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens, accepts connections up to the limit, and stops in order.
///
/// **Thread:** any.
final class NbdServer implements AutoCloseable {
    /// Tells every connection to end: requests in flight are answered first.
    static final Object STOP = new Object();

    private static final int BIND_RETRY_MILLIS = 500;
    private static final long STOP_GRACE_MILLIS = 3_000;
    private static final long LOOPS_STOP_MILLIS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);

    /// @param port 0 takes a free one
    record Settings(
            String host,
            int port,
            int eventLoopThreads,
            Limits limits,
            Transport transport,
            ByteBufAllocator allocator) {}

    private final Settings settings;
    private final QuietLog log = new QuietLog(LOG::warn, System::nanoTime);
    private final Budget budget;
    private final Volumes volumes;
    private final ExecutorService blocking;
    private final EventLoopGroup loops;
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<InetSocketAddress> bound = new CompletableFuture<>();
    private volatile Channel listener;
    private volatile boolean closing;

    NbdServer(Settings settings, CurrentAccess access) {
        this.settings = settings;
        budget = new Budget(settings.limits().bytes());
        blocking = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("ashlar-nbd-ask-", 0).factory());
        volumes = new Volumes(access, blocking);
        loops = new MultiThreadIoEventLoopGroup(
                settings.eventLoopThreads(),
                new DefaultThreadFactory("ashlar-nbd"),
                settings.transport().handler());
    }

    /// Listens, now or as soon as the port is free: while this bundle is being replaced, the predecessor still has it.
    ///
    /// @return the address, once it is bound
    CompletableFuture<InetSocketAddress> start() {
        bind(bootstrap(), true);
        return bound;
    }

    Budget budget() {
        return budget;
    }

    int connectionCount() {
        return connections.size();
    }

    @Override
    public void close() {
        closing = true;
        if (listener != null) {
            listener.close().awaitUninterruptibly(STOP_GRACE_MILLIS);
        }
        connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(STOP));
        awaitConnections();
        connections.forEach(Channel::close);
        blocking.shutdownNow();
        awaitQuestions();
        loops.shutdownGracefully(0, LOOPS_STOP_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(2 * LOOPS_STOP_MILLIS);
        LOG.info("NBD server on {}:{} has stopped", settings.host(), settings.port());
    }

    private ServerBootstrap bootstrap() {
        var bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(settings.transport().serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true) // a restart need not wait for old connections to time out
                .childOption(ChannelOption.ALLOCATOR, settings.allocator())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        settings.transport().keepAlive().forEach(bootstrap::childOption);
        return bootstrap;
    }

    private void bind(ServerBootstrap bootstrap, boolean first) {
        bootstrap.bind(settings.host(), settings.port()).addListener((ChannelFuture done) -> {
            if (!done.isSuccess()) {
                bindAgainLater(bootstrap, first, done.cause());
            } else if (closing) {
                done.channel().close();
            } else {
                listener = done.channel();
                var address = (InetSocketAddress) listener.localAddress();
                LOG.info(
                        "NBD server listens on {}:{} ({}, {} event loops)",
                        settings.host(),
                        address.getPort(),
                        settings.transport().name(),
                        settings.eventLoopThreads());
                bound.complete(address);
            }
        });
    }

    private void bindAgainLater(ServerBootstrap bootstrap, boolean first, Throwable cause) {
        if (closing) {
            return;
        }
        if (first) {
            LOG.error(
                    "NBD cannot listen on {}:{} ({}): stop what uses the port, or set another 'port' (or 'host') in the configuration {};"
                            + " trying again until it is free",
                    settings.host(),
                    settings.port(),
                    cause.getMessage(),
                    NbdFrontend.PID);
        }
        loops.next().schedule(() -> bind(bootstrap, false), BIND_RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void accept(Channel channel) {
        var client = clientOf(channel);
        int most = settings.limits().connections();
        if (closing || connections.size() >= most) {
            log.line("NBD connection of " + client + " is closed: " + most
                    + " connections are open, the limit 'connections' of " + NbdFrontend.PID);
            channel.close();
            return;
        }
        connections.add(channel);
        channel.closeFuture().addListener(closed -> connections.remove(channel));
        var connection = Connection.of(client, settings.limits(), budget, volumes, log);
        channel.config().setRecvByteBufAllocator(connection.readBuffers());
        channel.pipeline().addLast("handshake", new HandshakeHandler(connection));
    }

    private static String clientOf(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress() + ":" + address.getPort()
                : "unknown";
    }

    private void awaitConnections() {
        var open = connections.stream().map(NbdServer::closed).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(open).get(STOP_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("{} NBD connections did not end within {} ms and are cut", connections.size(), STOP_GRACE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // cut the rest at once
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitQuestions() {
        try {
            if (!blocking.awaitTermination(STOP_GRACE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("the data path still has not answered a question for a volume; its answer will be dropped");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the answers are dropped in any case
        }
    }

    private static CompletableFuture<Void> closed(Channel channel) {
        var future = new CompletableFuture<Void>();
        channel.closeFuture().addListener(done -> future.complete(null));
        return future;
    }
}
