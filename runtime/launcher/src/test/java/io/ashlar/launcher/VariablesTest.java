package io.ashlar.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariablesTest {

    @Test
    void theOffsetMovesDefaultPortsOnly() {
        var variables = Variables.of(
                Map.of("ashlar.port.http", "80"),
                Map.of("ashlar.port.http", 1L, "ashlar.port.nbd", 1000L, "other", 5L),
                7);
        assertEquals("80", variables.get("ashlar.port.http"));
        assertEquals("1007", variables.get("ashlar.port.nbd"));
        assertEquals("5", variables.get("other"));
    }

    @Test
    void replacesReferencesAlsoInLists() {
        var variables = Variables.of(Map.of("dir", "/a$b\\c"), Map.of(), 0);
        assertEquals("/a$b\\c/x", variables.in((Object) "${dir}/x"));
        assertEquals(List.of("/a$b\\c", 3L), variables.in(List.of("${dir}", 3L)));
        assertEquals(true, variables.in((Object) true));
    }

    @Test
    void namesAVariableWithoutValue() {
        var e = assertThrows(
                LaunchException.class, () -> Variables.of(Map.of(), Map.of(), 0).in("${nothing}"));
        assertTrue(e.getMessage().contains("${nothing}"), e.getMessage());
    }

    @Test
    void refusesAnOffsetBeyondThePorts() {
        assertThrows(LaunchException.class, () -> Variables.of(Map.of(), Map.of("ashlar.port.x", 10_809L), 60_000));
        assertThrows(LaunchException.class, () -> Variables.of(Map.of(), Map.of("ashlar.port.x", "many"), 0));
    }
}
