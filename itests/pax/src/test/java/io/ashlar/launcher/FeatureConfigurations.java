package io.ashlar.launcher;

import java.nio.file.Path;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// Applies the features' configurations as the launcher does. Runs in a bundle of its own, together with the launcher's
/// classes, after ConfigAdmin and before the components.
public final class FeatureConfigurations implements BundleActivator {

    private static final long CAPACITY_BYTES = 1L << 40;

    @Override
    public void start(BundleContext context) {
        var admin = context.getServiceReference(ConfigAdminTarget.SERVICE);
        var applied = Path.of(System.getProperty("ashlar.data"), "config", ".applied");
        var configurations = FeaturePlan.plan().configurations();
        configurations.forEach((pid, properties) -> {
            if (pid.startsWith("io.ashlar.store.local~")) {
                properties.put("capacityBytes", CAPACITY_BYTES);
            }
        });
        new Configurations(configurations, applied).apply(new ConfigAdminTarget(context.getService(admin)));
    }

    @Override
    public void stop(BundleContext context) {
        // the configurations stay, as those of a node do
    }
}
