package io.ashlar.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {

    @TempDir
    private Path home;

    private Path own;
    private Path third;

    @BeforeEach
    void jars() throws IOException {
        own = touch("bundles/alloc/even/target/io.ashlar.alloc.even-1.jar");
        third = touch("repository/org/acme/lib/2.0/lib-2.0.jar");
    }

    @Test
    void ownBundlesComeFromTheBuildTreeAndAreCopied() {
        var plan = plan("""
                { "id": "f", "bundles": [ { "id": "org.acme:lib:2.0", "start-order": 9 },
                                          { "id": "io.ashlar:io.ashlar.alloc.even:1", "start-order": 5 } ] }
                """);
        assertEquals(
                List.of(own, third),
                plan.bundles().stream().map(Plan.Located::file).toList());
        assertEquals(
                List.of(true, false),
                plan.bundles().stream().map(Plan.Located::copied).toList());
    }

    @Test
    void aBundleOfTwoFeaturesIsThereOnce() {
        String feature = "{ \"id\": \"f\", \"bundles\": [ { \"id\": \"org.acme:lib:2.0\" } ] }";
        assertEquals(1, plan(feature, feature).bundles().size());
    }

    @Test
    void namesAllThatIsMissingAndWhatToRun() {
        var e = assertThrows(LaunchException.class, () -> plan("""
                { "id": "f", "bundles": [ { "id": "org.acme:gone:2.0" }, { "id": "io.ashlar:io.ashlar.x.y:1" } ] }
                """));
        assertTrue(e.getMessage().contains("org.acme:gone:2.0"), e.getMessage());
        assertTrue(e.getMessage().contains("io.ashlar.x.y"), e.getMessage());
        assertTrue(e.getMessage().contains("runtime/ashlar build"), e.getMessage());
    }

    @Test
    void variablesOfOneFeatureReachAllOthers() {
        var plan = plan("{ \"id\": \"a\", \"variables\": { \"ashlar.port.zk\": 2000 } }", """
                { "id": "b", "configurations": { "pid": { "connect": "127.0.0.1:${ashlar.port.zk}" } },
                  "extensions": { "framework-launching-properties": { "json": { "dir": "${ashlar.data}/deploy" } } } }
                """);
        assertEquals("127.0.0.1:2100", plan.configurations().get("pid").get("connect"));
        assertEquals(home + "/data/deploy", plan.framework().get("dir"));
        assertEquals(Map.of("zk", "2100"), plan.ports());
    }

    @Test
    void refusesOneConfigurationFromTwoFeatures() {
        String feature = "{ \"id\": \"f\", \"configurations\": { \"pid\": {} } }";
        assertThrows(LaunchException.class, () -> plan(feature, feature));
    }

    @Test
    void refusesASettingThatIsMissingOrNoNumber() {
        assertThrows(LaunchException.class, () -> Settings.from(new Properties()));
        var properties = properties();
        properties.setProperty("ashlar.port.offset", "ten");
        assertThrows(LaunchException.class, () -> Settings.from(properties));
    }

    private Plan plan(String... features) {
        return Plan.of(List.of(features).stream().map(Feature::parse).toList(), Settings.from(properties()));
    }

    private Properties properties() {
        var properties = new Properties();
        properties.setProperty("ashlar.home", home.toString());
        properties.setProperty("ashlar.data", home + "/data");
        properties.setProperty("ashlar.features", "none");
        properties.setProperty("ashlar.repositories", home + "/repository");
        properties.setProperty("ashlar.port.offset", "100");
        return properties;
    }

    private Path touch(String name) throws IOException {
        var file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
