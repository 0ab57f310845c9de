package io.ashlar.ops.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Text in columns as wide as they must be, two blanks apart. A heading that begins with `>` is of a column of numbers,
/// set to the right.
final class Table {

    private static final String GAP = "  ";

    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    Table(String... headings) {
        right = new boolean[headings.length];
        var names = new String[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            names[i] = right[i] ? headings[i].substring(1) : headings[i];
        }
        rows.add(names);
    }

    Table row(Object... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + right.length + " columns");
        }
        rows.add(Arrays.stream(cells).map(Table::printable).toArray(String[]::new));
        return this;
    }

    /// Nothing that a cluster sends may steer the terminal.
    private static String printable(Object cell) {
        String text = String.valueOf(cell);
        return text.isEmpty() ? "-" : text.replaceAll("\\p{Cntrl}", "?");
    }

    @Override
    public String toString() {
        var widths = new int[right.length];
        for (var row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        var text = new StringBuilder();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String padding = " ".repeat(widths[i] - row[i].length());
                line.append(i == 0 ? "" : GAP).append(right[i] ? padding + row[i] : row[i] + padding);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
