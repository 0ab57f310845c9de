package io.ashlar.format;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Breaks comment lines that are too long and lets what was cut off flow into the next line of the paragraph.
/// Lines that fit stay as they are; code, tables and what cannot be broken stay too.
final class Reflow {

    private static final int MIN_ROOM = 40;
    private static final Pattern BLOCK_START = Pattern.compile("( {4}|\\s*([-*+|#>@]|```|\\d+\\. )).*|\\s*");

    private final int limit;

    Reflow(int limit) {
        this.limit = limit;
    }

    /// @param comments consecutive comment lines without indentation, each beginning with `//` or `///`
    /// @param indent   columns in front of each
    List<String> apply(List<String> comments, int indent) {
        var out = new ArrayList<String>();
        var todo = new ArrayDeque<>(comments);
        boolean code = false;
        while (!todo.isEmpty()) {
            String line = todo.removeFirst();
            String prefix = prefix(line);
            String text = line.substring(prefix.length());
            code ^= text.strip().startsWith("```");
            int room = limit - indent - prefix.length();
            int cut = code || text.strip().startsWith("|") || text.startsWith("     ") || room < MIN_ROOM
                    ? -1
                    : cut(text, room);
            if (cut < 0) {
                out.add(line);
                continue;
            }
            out.add((prefix + text.substring(0, cut)).stripTrailing());
            String rest = text.substring(cut).strip();
            if (!todo.isEmpty() && continues(todo.peekFirst(), prefix)) {
                String next = todo.removeFirst().substring(prefix.length());
                int margin = next.length() - next.stripLeading().length();
                todo.addFirst(prefix + " ".repeat(margin) + rest + " " + next.strip());
            } else {
                todo.addFirst(prefix + continuation(text) + rest);
            }
        }
        return out;
    }

    private static String prefix(String line) {
        return line.startsWith("///") ? "///" : "//";
    }

    /// Where to break, or -1 if the text fits or has no place to break.
    private static int cut(String text, int room) {
        if (text.length() <= room) {
            return -1;
        }
        int first = text.length() - text.stripLeading().length();
        int cut = text.lastIndexOf(' ', room);
        return cut > first ? cut : -1;
    }

    private static boolean continues(String next, String prefix) {
        return prefix(next).equals(prefix)
                && !BLOCK_START
                        .matcher(next.substring(prefix.length()).replaceFirst("^ ", ""))
                        .matches();
    }

    /// The indentation of a line that did not exist: deeper behind a tag or a list's mark, so that it belongs to it.
    private static String continuation(String text) {
        String margin = " ".repeat(text.length() - text.stripLeading().length());
        String start = text.strip();
        if (start.startsWith("@")) {
            return margin + "    ";
        }
        return start.startsWith("- ") || start.startsWith("* ") ? margin + "  " : margin;
    }
}
