package io.ashlar.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void readsEveryKindOfValue() {
        var json = Json.object("""
                { "s": "a\\n\\u0041\\"", "n": -12, "d": 1.5e2, "t": true, "f": false,
                  "list": [1, [2], {}], "map": {"k": "v"}, "empty": [] }
                """);
        assertEquals("a\nA\"", json.get("s"));
        assertEquals(-12L, json.get("n"));
        assertEquals(150.0, json.get("d"));
        assertEquals(true, json.get("t"));
        assertEquals(false, json.get("f"));
        assertEquals(List.of(1L, List.of(2L), Map.of()), json.get("list"));
        assertEquals(Map.of("k", "v"), json.get("map"));
        assertEquals(List.of(), json.get("empty"));
    }

    @Test
    void keepsTheOrderOfTheFile() {
        assertEquals(
                List.of("z", "a", "m"),
                List.copyOf(Json.object("{\"z\":1,\"a\":2,\"m\":3}").keySet()));
    }

    @Test
    void skipsComments() {
        assertEquals(Map.of("a", 1L), Json.object("// first\n{ /* second */ \"a\": 1 // third\n}\n// fourth"));
    }

    @Test
    void namesTheLineOfAMistake() {
        var e = assertThrows(LaunchException.class, () -> Json.object("{\n  \"a\": 1,\n  oops\n}"));
        assertTrue(e.getMessage().startsWith("line 3, column 3"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1}x",
                "{\"a\":1 \"b\":2}",
                "{\"a\":\"x",
                "{\"a\":\"\\u00g0\"}",
                "{\"a\":\"\\u00",
                "{\"a\":\"\\q\"}",
                "{\"a\":tru}",
                "{\"a\":--1}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":[1,]}",
                "{\"a\":1 /*",
            })
    void refusesWhatIsNoObject(String text) {
        assertThrows(LaunchException.class, () -> Json.object(text));
    }

    @Test
    void refusesNestingWithoutEnd() {
        assertThrows(LaunchException.class, () -> Json.object("{\"a\":" + "[".repeat(100_000)));
    }
}
