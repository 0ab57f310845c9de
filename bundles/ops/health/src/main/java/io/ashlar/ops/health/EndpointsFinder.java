package io.ashlar.ops.health;

import io.ashlar.ops.health.Snapshot.Endpoints;
import java.io.IOException;
import java.util.Dictionary;
import java.util.Set;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads from the configuration where clients connect.
final class EndpointsFinder {

    private static final Logger LOG = LoggerFactory.getLogger(EndpointsFinder.class);

    private static final String NBD = "io.ashlar.access.nbd";
    private static final int NBD_PORT = 10809;
    private static final String HTTP_PORT = "org.osgi.service.http.port";
    private static final String HTTP_HOST = "org.apache.felix.http.host";
    private static final Set<String> EVERY_ADDRESS = Set.of("", "0.0.0.0", "::", "[::]", "*");

    private EndpointsFinder() {}

    /// @param configurations null when there is no such service
    static Endpoints find(ConfigurationAdmin configurations, BundleContext context) {
        return new Endpoints(
                nbd(configurations), console(context.getProperty(HTTP_HOST), context.getProperty(HTTP_PORT)));
    }

    /// Looks the configuration up by a filter: asking for it by its name would bind it to this bundle.
    private static String nbd(ConfigurationAdmin configurations) {
        if (configurations == null) {
            return "";
        }
        try {
            var found = configurations.listConfigurations("(service.pid=" + NBD + ")");
            return found == null ? "" : nbdUri(found[0].getProperties());
        } catch (IOException | InvalidSyntaxException e) {
            LOG.warn("the configuration {} cannot be read", NBD, e);
            return "";
        }
    }

    static String nbdUri(Dictionary<String, Object> properties) {
        if (properties == null) {
            return "";
        }
        Object port = properties.get("port");
        return "nbd://" + reachable(properties.get("host")) + ":" + (port == null ? NBD_PORT : port);
    }

    static String console(String host, String port) {
        return port == null || port.isBlank() ? "" : "http://" + reachable(host) + ":" + port + "/system/console";
    }

    /// A listener on every address is reached at the loopback one from here.
    private static String reachable(Object host) {
        String name = host == null ? "" : host.toString().strip();
        if (EVERY_ADDRESS.contains(name)) {
            return "127.0.0.1";
        }
        return name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name;
    }
}
