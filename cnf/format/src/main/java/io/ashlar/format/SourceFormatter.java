package io.ashlar.format;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Formats one source text: code by palantir-java-format, 120 columns; comments by [Reflow], since the former knows
/// nothing of `///` and would tear long ones apart.
public final class SourceFormatter {

    /// The longest line.
    public static final int COLUMNS = 120;

    private static final Pattern MARK = Pattern.compile("( *)// ~(\\d+)~");

    private final Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .formatJavadoc(false)
            .build());
    private final Reflow reflow = new Reflow(COLUMNS);

    /// @return the text as it should be
    /// @throws FormatterException if the text is no Java 25
    public String format(String source) throws FormatterException {
        // On the text with its comments: an import may be there for a link in them only.
        var lines = RemoveUnusedImports.removeUnusedImports(source).lines().toList();
        var isComment = CommentLines.find(lines);
        var comments = new ArrayList<String>();
        var marked = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            if (isComment.get(i)) {
                marked.append("// ~").append(comments.size()).append('~');
                comments.add(lines.get(i).strip());
            } else {
                marked.append(lines.get(i));
            }
            marked.append('\n');
        }
        String hidden =
                AnyPatterns.hide(ImportOrderer.reorderImports(marked.toString(), JavaFormatterOptions.Style.PALANTIR));
        String code = AnyPatterns.show(formatter.formatSource(hidden));
        return restore(code.lines().toList(), comments);
    }

    private String restore(List<String> lines, List<String> comments) {
        var out = new StringBuilder();
        var paragraph = new ArrayList<String>();
        int indent = 0;
        int restored = 0;
        for (String line : lines) {
            var mark = MARK.matcher(line);
            boolean comment = mark.matches();
            if (!comment || mark.group(1).length() != indent) {
                flush(paragraph, indent, out);
            }
            if (comment) {
                indent = mark.group(1).length();
                restored++;
                paragraph.add(comments.get(Integer.parseInt(mark.group(2))));
            } else {
                out.append(line).append('\n');
            }
        }
        flush(paragraph, indent, out);
        if (restored != comments.size()) {
            throw new IllegalStateException(
                    "the formatter lost or moved " + (comments.size() - restored) + " comments");
        }
        return out.toString();
    }

    private void flush(List<String> paragraph, int indent, StringBuilder out) {
        reflow.apply(paragraph, indent)
                .forEach(line -> out.append(" ".repeat(indent)).append(line).append('\n'));
        paragraph.clear();
    }
}
