package io.ashlar.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureTest {

    private static final String SMALL = """
            { "id": "g:feature:1",
              "variables": { "ashlar.port.x": 1000 },
              "bundles": [ { "id": "g:a:1.0", "start-order": 3 }, { "id": "g:n:jar:linux:2.0" } ],
              "configurations": { "my.pid": { "port:Integer": "${ashlar.port.x}" }, "my.factory~one": {} },
              "extensions": { "framework-launching-properties": { "json": { "p": "v" } } } }
            """;

    @Test
    void readsBundlesWithTheirStartLevels() {
        var bundles = Feature.parse(SMALL).bundles();
        assertEquals(new Artifact("g", "a", "jar", "", "1.0"), bundles.get(0).artifact());
        assertEquals(3, bundles.get(0).startLevel());
        assertEquals("linux", bundles.get(1).artifact().classifier());
        assertEquals(Feature.DEFAULT_START_LEVEL, bundles.get(1).startLevel());
    }

    @Test
    void readsConfigurationsVariablesAndFrameworkProperties() {
        var feature = Feature.parse(SMALL);
        assertEquals(
                List.of("my.pid", "my.factory~one"),
                List.copyOf(feature.configurations().keySet()));
        assertEquals(Map.of("ashlar.port.x", 1000L), feature.variables());
        assertEquals(Map.of("p", "v"), feature.framework());
    }

    @Test
    void namesTheFileOfAMistake() {
        var e = assertThrows(LaunchException.class, () -> Feature.read(Path.of("/nowhere/base.json")));
        assertTrue(e.getMessage().contains("/nowhere/base.json"), e.getMessage());
    }

    @Test
    void refusesBrokenEntries() {
        assertThrows(LaunchException.class, () -> Feature.parse("{}"));
        assertThrows(LaunchException.class, () -> Feature.parse("{\"id\":\"x\",\"bundles\":{}}"));
        assertThrows(LaunchException.class, () -> Feature.parse("{\"id\":\"x\",\"bundles\":[{\"id\":\"a\"}]}"));
        assertThrows(LaunchException.class, () -> Feature.parse("{\"id\":\"x\",\"bundles\":[{\"id\":\"a::1\"}]}"));
        assertThrows(
                LaunchException.class,
                () -> Feature.parse("{\"id\":\"x\",\"bundles\":[{\"id\":\"a:b:1\",\"start-order\":\"first\"}]}"));
        assertThrows(LaunchException.class, () -> Feature.parse("{\"id\":\"x\",\"configurations\":{\"pid\":3}}"));
    }
}
