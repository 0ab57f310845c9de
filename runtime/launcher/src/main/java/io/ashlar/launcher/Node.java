package io.ashlar.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;

/// One framework with the bundles of a [Plan].
final class Node {

    private static final String RUN_LEVEL = "30";

    private final Plan plan;
    private final Configurations configurations;
    private final PrintStream out;
    private final Framework framework;

    /// @param data where the framework keeps its bundles (`felix`) and its configurations (`config`)
    Node(Plan plan, Path data, PrintStream out) {
        this.plan = plan;
        this.out = out;
        var config = data.resolve("config");
        this.configurations = new Configurations(plan.configurations(), config.resolve(".applied"));

        var properties = new TreeMap<>(plan.framework());
        properties.put(Constants.FRAMEWORK_STORAGE, data.resolve("felix").toString());
        properties.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, RUN_LEVEL);
        properties.put("felix.cm.dir", config.toString());
        this.framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow(() -> new LaunchException("no OSGi framework on the class path"))
                .newFramework(properties);
    }

    /// Starts everything and returns when the last start level is reached.
    ///
    /// A bundle that does not start is reported and left out: with the console up, an operator can see why.
    void start() throws BundleException, IOException {
        framework.init();
        var context = framework.getBundleContext();
        context.addFrameworkListener(this::report);
        applyWhenReady(context);
        for (var located : plan.bundles()) {
            install(context, located);
        }
        framework.start();
    }

    /// Waits until the framework has stopped.
    ///
    /// @return true if it was asked to start again
    boolean awaitStop() throws InterruptedException {
        return framework.waitForStop(0).getType() == FrameworkEvent.STOPPED_UPDATE;
    }

    /// @return true if everything stopped in time
    boolean stop(long timeoutMillis) throws BundleException, InterruptedException {
        framework.stop();
        return framework.waitForStop(timeoutMillis).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }

    /// Names of the bundles that should run and do not.
    List<String> notActive() {
        var names = new ArrayList<String>();
        for (var bundle : framework.getBundleContext().getBundles()) {
            if ((bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) == 0 && !isFragment(bundle)) {
                names.add(bundle.getSymbolicName());
            }
        }
        return names;
    }

    private void install(BundleContext context, Plan.Located located) throws BundleException, IOException {
        Bundle bundle;
        if (located.copied()) {
            try (var in = Files.newInputStream(located.file())) {
                bundle = context.installBundle("ashlar:" + located.artifact().name(), in);
            }
        } else {
            bundle = context.installBundle("reference:" + located.file().toUri());
        }
        bundle.adapt(BundleStartLevel.class).setStartLevel(located.startLevel());
        if (!isFragment(bundle)) {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        }
    }

    private static boolean isFragment(Bundle bundle) {
        return bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
    }

    /// ConfigAdmin comes up at its own start level, before the components that read the configurations.
    private void applyWhenReady(BundleContext context) {
        try {
            context.addServiceListener(
                    event -> {
                        if (event.getType() == ServiceEvent.REGISTERED) {
                            apply(context, event.getServiceReference());
                        }
                    },
                    "(" + Constants.OBJECTCLASS + "=" + ConfigAdminTarget.SERVICE + ")");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void apply(BundleContext context, ServiceReference<?> admin) {
        try {
            configurations.apply(new ConfigAdminTarget(context.getService(admin)));
        } catch (RuntimeException e) { // the framework would swallow it, and a node without configuration is no node
            out.println("ashlar: the configurations could not be applied: " + e);
        } finally {
            context.ungetService(admin);
        }
    }

    private void report(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            out.println("ashlar: " + event.getBundle().getSymbolicName() + ": " + event.getThrowable());
            for (var cause = event.getThrowable().getCause(); cause != null; cause = cause.getCause()) {
                out.println("ashlar:   because of " + cause);
            }
        }
    }
}
