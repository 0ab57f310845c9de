package io.ashlar.launcher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationsTest {

    @TempDir
    private Path folder;

    private final FakeConfigAdmin admin = new FakeConfigAdmin();

    @Test
    void writesWhatIsMissing() {
        assertEquals(1, apply(Map.of("a", Map.of("k", 1L))));
        assertEquals(1L, admin.kept.get("a").get("k"));
    }

    @Test
    void leavesAnOperatorsChangeAlone() {
        apply(Map.of("a", Map.of("k", 1L)));
        admin.kept.get("a").put("k", 99L);
        assertEquals(0, apply(Map.of("a", Map.of("k", 1L))));
        assertEquals(99L, admin.kept.get("a").get("k"));
    }

    @Test
    void followsAChangeOfTheFeature() {
        apply(Map.of("a", Map.of("k", 1L)));
        apply(Map.of("a", Map.of("k", 2L)));
        assertEquals(2L, admin.kept.get("a").get("k"));
    }

    @Test
    void followsAChangeOfTheTypeAlone() {
        apply(Map.of("a", Map.of("k", 1L)));
        apply(Map.of("a", Map.of("k", "1")));
        assertEquals("1", admin.kept.get("a").get("k"));
    }

    @Test
    void bringsBackWhatWasLost() {
        apply(Map.of("a", Map.of("k", 1L)));
        admin.kept.clear();
        assertEquals(1, apply(Map.of("a", Map.of("k", 1L))));
        assertEquals(1L, admin.kept.get("a").get("k"));
    }

    @Test
    void removesOnlyWhatTheFeaturesOnceBrought() {
        admin.update("by.operator", new Hashtable<>(Map.of("x", 1)));
        apply(Map.of("a", Map.of("k", 1L), "b", Map.of("k", 1L)));
        apply(Map.of("b", Map.of("k", 1L)));
        assertEquals(Set.of("by.operator", "b"), admin.kept.keySet());
    }

    @Test
    void typesFollowTheKey() {
        var dictionary = ConfigValue.dictionary(
                Map.of(
                        "i:Integer",
                        "7",
                        "l",
                        7L,
                        "b:Boolean",
                        "true",
                        "s",
                        List.of("x", "y"),
                        "n:Integer[]",
                        List.of(1L, 2L)),
                Variables.of(Map.of(), Map.of(), 0));
        assertEquals(7, dictionary.get("i"));
        assertEquals(7L, dictionary.get("l"));
        assertEquals(true, dictionary.get("b"));
        assertArrayEquals(new String[] {"x", "y"}, (String[]) dictionary.get("s"));
        assertArrayEquals(new Integer[] {1, 2}, (Integer[]) dictionary.get("n"));
    }

    @Test
    void refusesAValueThatIsNotOfItsType() {
        var none = Variables.of(Map.of(), Map.of(), 0);
        assertThrows(LaunchException.class, () -> ConfigValue.dictionary(Map.of("i:Integer", "seven"), none));
        assertThrows(LaunchException.class, () -> ConfigValue.dictionary(Map.of("i:Colour", "red"), none));
    }

    private int apply(Map<String, Map<String, Object>> wanted) {
        var typed = new HashMap<String, Dictionary<String, Object>>();
        wanted.forEach((pid, values) -> typed.put(pid, new Hashtable<>(values)));
        return new Configurations(typed, folder.resolve("config/.applied")).apply(admin);
    }

    private static final class FakeConfigAdmin implements Configurations.Target {

        final Map<String, Dictionary<String, Object>> kept = new HashMap<>();

        @Override
        public boolean exists(String pid) {
            return kept.containsKey(pid);
        }

        @Override
        public void update(String pid, Dictionary<String, Object> properties) {
            var copy = new Hashtable<String, Object>();
            properties.keys().asIterator().forEachRemaining(key -> copy.put(key, properties.get(key)));
            kept.put(pid, copy);
        }

        @Override
        public void delete(String pid) {
            kept.remove(pid);
        }
    }
}
