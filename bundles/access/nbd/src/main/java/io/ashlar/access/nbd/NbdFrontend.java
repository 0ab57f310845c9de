package io.ashlar.access.nbd;

import io.ashlar.access.VolumeAccess;
import io.netty.buffer.PooledByteBufAllocator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// The NBD server as a component: configuration in, listener out. It runs without a data path too, and says so to
/// clients.
@Component(
        service = {},
        immediate = true,
        configurationPid = NbdFrontend.PID)
@Designate(ocd = NbdFrontend.Config.class)
public final class NbdFrontend {
    static final String PID = "io.ashlar.access.nbd";

    @ObjectClassDefinition(name = "Ashlar NBD server", description = "Serves volumes as network block devices.")
    public @interface Config {
        @AttributeDefinition(
                description =
                        "Address to listen on. The protocol has no passwords: leave it on loopback or a trusted network.")
        String host() default "127.0.0.1";

        @AttributeDefinition(description = "TCP port to listen on.")
        int port() default 10809;

        @AttributeDefinition(description = "Threads that read and write the sockets.")
        int eventLoopThreads() default 2;

        @AttributeDefinition(description = "Connections open at a time; the next one is closed at once.")
        int connections() default 256;

        @AttributeDefinition(description = "Requests of one connection in flight at a time.")
        int requestsPerConnection() default 256;

        @AttributeDefinition(description = "Bytes of one connection's requests in flight at a time; at least 32 MiB.")
        long bytesPerConnection() default 64L * 1024 * 1024;

        @AttributeDefinition(
                description =
                        "Bytes of all requests in flight at a time; at least 32 MiB. The memory is outside the heap.")
        long bytes() default 256L * 1024 * 1024;

        @AttributeDefinition(description = "A handshake without a complete option for so long is closed.")
        int handshakeIdleMillis() default 10_000;

        @AttributeDefinition(
                description = "A client that holds memory others wait for, and does not move for so long, is closed.")
        int stallMillis() default 30_000;
    }

    private final CurrentAccess access = new CurrentAccess();
    private final NbdServer server;

    @Activate
    public NbdFrontend(Config config) {
        var limits = new Limits(
                config.connections(),
                config.requestsPerConnection(),
                config.bytesPerConnection(),
                config.bytes(),
                config.handshakeIdleMillis(),
                config.stallMillis());
        server = new NbdServer(
                new NbdServer.Settings(
                        config.host(),
                        config.port(),
                        config.eventLoopThreads(),
                        limits,
                        Transport.best(),
                        PooledByteBufAllocator.DEFAULT),
                access);
        server.start();
    }

    @Reference(
            name = "access",
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindAccess(VolumeAccess newcomer) {
        access.set(newcomer);
    }

    void unbindAccess(VolumeAccess leaving) {
        access.unset(leaving);
    }

    @Deactivate
    void deactivate() {
        server.close();
    }
}
