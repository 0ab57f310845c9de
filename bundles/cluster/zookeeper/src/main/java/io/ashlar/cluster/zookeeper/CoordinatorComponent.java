package io.ashlar.cluster.zookeeper;

import io.ashlar.base.BootClock;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.cluster.Member;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// OSGi face of [Coordinator]: while the configuration is there, this node takes part in the cluster. Does not wait for
/// ZooKeeper.
@Component(
        service = {},
        immediate = true,
        configurationPid = CoordinatorComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = CoordinatorComponent.Config.class)
public final class CoordinatorComponent {
    static final String PID = "io.ashlar.cluster.zookeeper";
    static final int MIN_TIMEOUT_MILLIS = 1_000;

    @ObjectClassDefinition(
            id = PID,
            name = "Cluster: ZooKeeper session",
            description = "Session, membership and election of this node.")
    @interface Config {
        @AttributeDefinition(
                name = "Servers",
                description = "ZooKeeper's servers: host:port, with commas between several.")
        String connect() default "127.0.0.1:2281";

        @AttributeDefinition(
                name = "Session timeout (milliseconds)",
                min = "1000",
                max = "120000",
                description =
                        "A leader that ZooKeeper has not heard of for this long is replaced; it stops by itself after two thirds.")
        int sessionTimeoutMillis() default 10_000;

        @AttributeDefinition(name = "Roles", description = "What this node does, for example metadata, chunk, gateway.")
        String[] roles() default {};

        @AttributeDefinition(name = "Host", description = "Address that other nodes reach this one at.")
        String host() default "127.0.0.1";
    }

    private final Coordinator coordinator;

    @Activate
    public CoordinatorComponent(
            Config config,
            BundleContext context,
            @Reference(name = "identity") ClusterIdentity identity,
            @Reference(name = "record") CoordinatorRecord record) {
        if (config.sessionTimeoutMillis() < MIN_TIMEOUT_MILLIS) {
            throw new IllegalArgumentException("sessionTimeoutMillis of " + PID + " is at least " + MIN_TIMEOUT_MILLIS);
        }
        var self = new Member(
                identity.nodeName(), ProcessIdentity.self(), config.host(), MemberText.roles(config.roles()));
        coordinator = new Coordinator(
                new Coordinator.Settings(config.connect(), config.sessionTimeoutMillis()),
                identity,
                record,
                self,
                new BootClock(),
                new Board(context));
        coordinator.start();
    }

    @Deactivate
    void close() {
        coordinator.close();
    }

    private record Board(BundleContext context) implements ServiceBoard {
        @Override
        public <S> Runnable publish(Class<S> type, S service, Map<String, ?> properties) {
            var registration = context.registerService(type, service, new Hashtable<>(properties));
            return registration::unregister;
        }
    }
}
