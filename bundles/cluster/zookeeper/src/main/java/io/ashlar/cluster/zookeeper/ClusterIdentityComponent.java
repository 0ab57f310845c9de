package io.ashlar.cluster.zookeeper;

import io.ashlar.base.ObjectName;
import io.ashlar.cluster.ClusterIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The identity from files of this node; needs no coordinator, so that console and REST have it at once.
@Component(
        service = {ClusterIdentity.class, CoordinatorRecord.class},
        immediate = true,
        configurationPid = ClusterIdentityComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ClusterIdentityComponent.Config.class)
public final class ClusterIdentityComponent implements ClusterIdentity, CoordinatorRecord {
    static final String PID = "io.ashlar.cluster.identity";

    @ObjectClassDefinition(
            id = PID,
            name = "Cluster: identity",
            description = "Name of this node and place of the cluster's secrets.")
    @interface Config {
        @AttributeDefinition(name = "Data directory", description = "The secrets are in 'secrets' below it.")
        String dataDir();

        @AttributeDefinition(
                name = "Node name",
                description = "Name of this node in the topology, unique in the cluster.")
        String nodeName() default "n1";
    }

    private static final Logger LOG = LoggerFactory.getLogger(ClusterIdentityComponent.class);

    private final String nodeName;
    private final Secrets secrets;
    private final RecordFile record;

    @Activate
    public ClusterIdentityComponent(Config config) {
        this(config.dataDir(), config.nodeName());
    }

    ClusterIdentityComponent(String dataDir, String nodeName) {
        if (dataDir == null || dataDir.isBlank()) {
            throw new IllegalArgumentException("set dataDir of " + PID + " to the node's data directory");
        }
        ObjectName.problem(nodeName).ifPresent(problem -> {
            throw new IllegalArgumentException("nodeName of " + PID + ": " + problem + "; " + ObjectName.RULE);
        });
        this.nodeName = nodeName;
        try {
            secrets = Secrets.of(Path.of(dataDir));
            record = new RecordFile(secrets.directory());
        } catch (IOException e) {
            LOG.error("cannot read or make the cluster's secrets in {}", dataDir, e);
            throw new UncheckedIOException("cannot read or make the cluster's secrets in " + dataDir, e);
        } catch (IllegalStateException e) { // what a constructor throws is not sure to be found in the log
            LOG.error("{}", e.getMessage());
            throw e;
        }
    }

    @Override
    public UUID clusterUuid() {
        return secrets.clusterUuid();
    }

    @Override
    public String nodeName() {
        return nodeName;
    }

    @Override
    public byte[] clusterSecret() {
        return secrets.clusterSecret().clone();
    }

    @Override
    public Path adminPasswordFile() {
        return secrets.directory().resolve(Secrets.PASSWORD_FILE);
    }

    @Override
    public boolean isAdmin(String user, String password) {
        return secrets.isAdmin(user, password);
    }

    @Override
    public boolean registered() {
        return record.registered();
    }

    @Override
    public void setRegistered() {
        record.setRegistered();
    }

    @Override
    public long highestTerm() {
        return record.highestTerm();
    }

    @Override
    public void setHighestTerm(long term) {
        record.setHighestTerm(term);
    }
}
