package io.ashlar.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormattedTest {

    /// Being rewritten as this check came; to be formatted with their next change, and then to leave this list.
    private static final List<String> NEXT = List.of("itests/pax/");

    @Test
    void allSourcesAreFormatted() throws IOException {
        var root = Path.of(System.getProperty("format.root")).toRealPath();
        var wrong = Main.run(root, true).stream()
                .filter(file -> NEXT.stream().noneMatch(root.relativize(file).toString()::startsWith))
                .toList();
        assertEquals(List.of(), wrong, "not formatted; run 'runtime/dev format'");
    }
}
