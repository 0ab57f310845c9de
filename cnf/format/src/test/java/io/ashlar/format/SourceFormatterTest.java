package io.ashlar.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.palantir.javaformat.java.FormatterException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SourceFormatterTest {

    private final SourceFormatter formatter = new SourceFormatter();

    @Test
    void codeIsFormattedAndCommentsStay() throws FormatterException {
        String messy = """
                package x;

                /// First line,
                /// second   line with  blanks.
                ///
                ///     code   stays
                class A {
                // why
                  int a=1;   // trailing
                  /// @return it
                  int a( ) { return switch (this) { case A _ -> 1; }; }
                }
                """;
        String tidy = """
                package x;

                /// First line,
                /// second   line with  blanks.
                ///
                ///     code   stays
                class A {
                    // why
                    int a = 1; // trailing
                    /// @return it
                    int a() {
                        return switch (this) {
                            case A _ -> 1;
                        };
                    }
                }
                """;
        assertEquals(tidy, formatter.format(messy));
    }

    @Test
    void whatLooksLikeACommentInATextBlockIsNone() throws FormatterException {
        String source = """
                package x;

                class A {
                    String s = \"\"\"
                        // not a comment
                           /// nor this \\\"\"\" nor here
                        // and not this
                        \"\"\";
                    char quote = '"'; // "
                    /* "
                    // in a block
                    */
                }
                """;
        assertEquals(source, formatter.format(source));
    }

    @Test
    void unnamedPatternsAndParametersAreKnown() throws FormatterException {
        String source = """
                package x;

                class A {
                    int a(Object o) {
                        f((_, b) -> 1, _ -> 2);
                        return switch (o) {
                            case B(var x, _, C(_)) -> x;
                            case D<?> _ -> 2;
                            case E<?>(_, var _) -> 3;
                        };
                    }
                }
                """;
        assertEquals(source, formatter.format(source));
    }

    @Test
    void importsAreSortedAndThoseOfLinksStay() throws FormatterException {
        assertEquals(
                "package x;\n\nimport java.util.List;\nimport java.util.Optional;\n\n/// See [Optional].\nclass A {\n    List<A> a;\n}\n",
                formatter.format(
                        "package x;\nimport java.util.Set;\nimport java.util.Optional;\nimport java.util.List;\n\n/// See [Optional].\nclass A { List<A> a; }\n"));
    }

    @Test
    void formattingTwiceChangesNothing() throws FormatterException {
        String words = "word ".repeat(60);
        String source = "package x;\n\n/// " + words + "\n/// " + words + "\n/// - " + words + "\nclass A {}\n";
        String once = formatter.format(source);
        assertTrue(once.lines().allMatch(line -> line.length() <= SourceFormatter.COLUMNS), once);
        assertEquals(once, formatter.format(once));
    }

    @Test
    void whatIsCutOffFlowsIntoTheNextLine() {
        assertEquals(
                List.of("/// aaaa bbbb cccc dddd eeee ffff gggg hhhh", "/// iiii jjjj"),
                new Reflow(45).apply(List.of("/// aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii", "/// jjjj"), 0));
    }

    @Test
    void listsTagsTablesAndCodeKeepTheirShape() {
        String longText = "aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii";
        assertEquals(
                List.of("/// @param x aaaa bbbb cccc dddd eeee ffff gggg", "///     hhhh iiii", "/// @return y"),
                new Reflow(48).apply(List.of("/// @param x " + longText, "/// @return y"), 0));
        assertEquals(
                List.of("/// - aaaa bbbb cccc dddd eeee ffff gggg hhhh", "///   iiii", "/// - next"),
                new Reflow(46).apply(List.of("/// - " + longText, "/// - next"), 0));
        var table = List.of("/// | " + longText + " |", "/// ```", "/// " + longText, "/// ```");
        assertEquals(table, new Reflow(46).apply(table, 0));
    }
}
