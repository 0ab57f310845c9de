package io.ashlar.access.nbd;

import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.Map;

/// How the sockets are driven: by epoll where its native library (a fragment of its own for each platform) is
/// installed, else by NIO.
///
/// @param keepAlive how soon a machine that vanished without a word is noticed; with NIO the operating system's own
///     setting holds
record Transport(
        String name,
        IoHandlerFactory handler,
        Class<? extends ServerChannel> serverChannel,
        Map<ChannelOption<Integer>, Integer> keepAlive) {
    private static final int SILENCE_SECONDS = 60;
    private static final int PROBE_SECONDS = 10;
    private static final int PROBES = 6;

    static Transport best() {
        return Epoll.isAvailable() ? epoll() : nio();
    }

    static Transport nio() {
        return new Transport("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class, Map.of());
    }

    private static Transport epoll() {
        return new Transport(
                "epoll",
                EpollIoHandler.newFactory(),
                EpollServerSocketChannel.class,
                Map.of(
                        EpollChannelOption.TCP_KEEPIDLE, SILENCE_SECONDS,
                        EpollChannelOption.TCP_KEEPINTVL, PROBE_SECONDS,
                        EpollChannelOption.TCP_KEEPCNT, PROBES));
    }
}
