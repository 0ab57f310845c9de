package io.ashlar.cluster.embedded;

import java.nio.file.Path;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OSGi face of [EmbeddedServer]: runs it while the configuration is there.
@Component(
        service = {},
        immediate = true,
        configurationPid = EmbeddedServerComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = EmbeddedServerComponent.Config.class)
public final class EmbeddedServerComponent {
    static final String PID = "io.ashlar.cluster.embedded";

    @ObjectClassDefinition(
            id = PID,
            name = "Cluster: embedded ZooKeeper",
            description = "Runs a ZooKeeper server in this process, for a cluster of one machine.")
    @interface Config {
        @AttributeDefinition(name = "Directory", description = "Where the server keeps its log and snapshots.")
        String dataDir();

        @AttributeDefinition(name = "Address", description = "Address to listen on.")
        String host() default "127.0.0.1";

        @AttributeDefinition(
                name = "Port",
                min = "0",
                max = "65535",
                description = "Port to listen on; 0 for any free one.")
        int clientPort() default 2281;
    }

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServerComponent.class);

    private final EmbeddedServer server;

    @Activate
    public EmbeddedServerComponent(Config config) {
        if (config.dataDir() == null || config.dataDir().isBlank()) {
            throw new IllegalArgumentException("set dataDir of " + PID + " to the directory of the server's data");
        }
        server = started(config);
    }

    /// What a constructor throws is not sure to be found in the log; an operator must find this.
    private static EmbeddedServer started(Config config) {
        try {
            return EmbeddedServer.start(Path.of(config.dataDir()), config.host(), config.clientPort());
        } catch (RuntimeException e) {
            LOG.error("{}", e.getMessage(), e);
            throw e;
        }
    }

    @Deactivate
    void close() {
        server.close();
    }
}
