package io.ashlar.format;

import java.util.ArrayList;
import java.util.List;

/// Lines that hold nothing but a `//` or `///` comment, found with respect for strings, text blocks and block comments.
final class CommentLines {

    private enum State {
        CODE,
        STRING,
        CHARACTER,
        TEXT_BLOCK,
        BLOCK_COMMENT
    }

    private CommentLines() {}

    /// @return for each line whether it is a comment line
    static List<Boolean> find(List<String> lines) {
        var found = new ArrayList<Boolean>();
        var state = State.CODE;
        for (String line : lines) {
            boolean comment = state == State.CODE && line.stripLeading().startsWith("//");
            found.add(comment);
            if (!comment) {
                state = after(line, state);
            }
        }
        return found;
    }

    private static State after(String line, State before) {
        var state = before;
        for (int i = 0; i < line.length(); i++) {
            switch (state) {
                case CODE -> {
                    if (line.startsWith("//", i)) {
                        return State.CODE;
                    } else if (line.startsWith("/*", i)) {
                        state = State.BLOCK_COMMENT;
                        i++;
                    } else if (line.startsWith("\"\"\"", i)) {
                        state = State.TEXT_BLOCK;
                        i += 2;
                    } else if (line.charAt(i) == '"') {
                        state = State.STRING;
                    } else if (line.charAt(i) == '\'') {
                        state = State.CHARACTER;
                    }
                }
                case STRING -> {
                    if (line.charAt(i) == '\\') {
                        i++;
                    } else if (line.charAt(i) == '"') {
                        state = State.CODE;
                    }
                }
                case CHARACTER -> {
                    if (line.charAt(i) == '\\') {
                        i++;
                    } else if (line.charAt(i) == '\'') {
                        state = State.CODE;
                    }
                }
                case TEXT_BLOCK -> {
                    if (line.charAt(i) == '\\') {
                        i++;
                    } else if (line.startsWith("\"\"\"", i)) {
                        state = State.CODE;
                        i += 2;
                    }
                }
                case BLOCK_COMMENT -> {
                    if (line.startsWith("*/", i)) {
                        state = State.CODE;
                        i++;
                    }
                }
            }
        }
        return state;
    }
}
