package io.ashlar.itests.pax;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemTimeout;
import static org.ops4j.pax.exam.CoreOptions.workingDirectory;

import io.ashlar.launcher.FeatureConfigurations;
import io.ashlar.launcher.FeaturePlan;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.jar.JarFile;
import org.ops4j.pax.exam.ConfigurationFactory;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Constants;

/// A whole node from the features of the checkout, with data and ports of its own.
public final class NodeConfiguration implements ConfigurationFactory {

    /// After ConfigAdmin, before the components.
    private static final int CONFIGURATIONS_LEVEL = 3;

    private static final int RUN_LEVEL = 30;
    private static final int STOP_MILLIS = 60_000;

    @Override
    public Option[] createConfiguration() {
        try {
            var home = Path.of("../..").toAbsolutePath().normalize();
            var data = Path.of("target/node").toAbsolutePath();
            clear(data);
            Files.createDirectories(data.resolve("deploy"));
            System.setProperty("ashlar.home", home.toString());
            System.setProperty("ashlar.data", data.toString());
            System.setProperty(
                    "logback.configurationFile",
                    home.resolve("runtime/logback.xml").toString());
            choosePorts();
            return options(data).toArray(Option[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Option> options(Path data) throws IOException {
        var options = new ArrayList<Option>();
        for (var entry : FeaturePlan.bundles()) {
            var option = bundle(entry.file().toUri().toString()).startLevel(entry.startLevel());
            options.add(isFragment(entry.file()) ? option.noStart() : option);
        }
        options.add(bundle(configurations(data).toUri().toString()).startLevel(CONFIGURATIONS_LEVEL));
        FeaturePlan.framework()
                .forEach((name, value) -> options.add(frameworkProperty(name).value(value)));
        options.add(
                frameworkProperty("felix.cm.dir").value(data.resolve("config").toString()));
        options.add(frameworkStartLevel(RUN_LEVEL));
        options.add(systemTimeout(STOP_MILLIS));
        options.add(workingDirectory(data.resolve("felix").toString()));
        options.add(junitBundles());
        return options;
    }

    private static boolean isFragment(Path file) throws IOException {
        try (var jar = new JarFile(file.toFile())) {
            return jar.getManifest().getMainAttributes().getValue(Constants.FRAGMENT_HOST) != null;
        }
    }

    /// Free ports below those that the system hands out to clients, any of which would be taken now and then when the
    /// tests need it.
    private static void choosePorts() {
        var chosen = new HashSet<Integer>();
        for (String name : FeaturePlan.ports()) {
            int port;
            do {
                port = ThreadLocalRandom.current().nextInt(11_000, 32_000);
            } while (!isFree(port) || !chosen.add(port));
            System.setProperty(name, Integer.toString(port));
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /// The launcher's classes once more as a bundle that applies the configurations.
    private static Path configurations(Path data) throws IOException {
        var bundle = new Jars("itests.configurations", "1.0.0")
                .header("Import-Package", "org.osgi.framework,org.osgi.framework.launch,org.osgi.framework.startlevel")
                .header("Bundle-Activator", FeatureConfigurations.class.getName())
                .type(FeatureConfigurations.class)
                .type(FeaturePlan.class)
                .type(FeaturePlan.Entry.class);
        for (String part : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator)) {
            if (part.matches(".*/io\\.ashlar\\.launcher-[^/]*\\.jar")) {
                try (var jar = new JarFile(part)) {
                    for (var entry : jar.stream()
                            .filter(e -> e.getName().endsWith(".class"))
                            .toList()) {
                        bundle.entry(entry.getName(), jar.getInputStream(entry).readAllBytes());
                    }
                }
            }
        }
        return Files.write(data.resolve("configurations.jar"), bundle.bytes());
    }

    private static void clear(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
