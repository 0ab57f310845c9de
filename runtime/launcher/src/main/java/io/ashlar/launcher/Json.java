package io.ashlar.launcher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads JSON with comments, as feature files allow, into maps (in order), lists, strings, numbers and booleans.
///
/// It is here, and not a library, so that the launcher starts with nothing but Felix on its class path.
final class Json {

    /// Deeper nesting than this is no feature file.
    private static final int MAX_DEPTH = 64;

    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /// @throws LaunchException naming line and column of what cannot be read
    static Map<String, Object> object(String text) {
        var json = new Json(text);
        json.skip();
        if (json.peek() != '{') {
            throw json.wrong("expected an object");
        }
        var map = json.map();
        json.skip();
        if (json.at < text.length()) {
            throw json.wrong("text after the end");
        }
        return map;
    }

    private Object value() {
        skip();
        return switch (peek()) {
            case '{' -> map();
            case '[' -> list();
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> map() {
        enter();
        var map = new LinkedHashMap<String, Object>();
        for (boolean more = !next('}'); more; more = more('}')) {
            skip();
            String key = string();
            skip();
            expect(':');
            if (map.put(key, value()) != null) {
                throw wrong("'" + key + "' is there twice");
            }
        }
        depth--;
        return map;
    }

    private List<Object> list() {
        enter();
        var list = new ArrayList<>();
        for (boolean more = !next(']'); more; more = more(']')) {
            list.add(value());
        }
        depth--;
        return list;
    }

    private void enter() {
        at++;
        if (++depth > MAX_DEPTH) {
            throw wrong("nested too deeply");
        }
    }

    /// True if the closing character comes next; then it is consumed.
    private boolean next(char close) {
        skip();
        if (peek() != close) {
            return false;
        }
        at++;
        return true;
    }

    private boolean more(char close) {
        if (next(close)) {
            return false;
        }
        expect(',');
        return true;
    }

    private String string() {
        expect('"');
        var out = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            if (c < ' ') {
                throw wrong("control character in a string");
            }
            out.append(c == '\\' ? escape() : c);
        }
        at++;
        return out.toString();
    }

    private char escape() {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw wrong("unknown escape \\" + c);
        };
    }

    private char unicode() {
        if (at + 4 > text.length()) {
            throw wrong("unfinished \\u escape");
        }
        try {
            char c = (char) Integer.parseInt(text, at, at + 4, 16);
            at += 4;
            return c;
        } catch (NumberFormatException e) {
            throw wrong("bad \\u escape");
        }
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        try {
            if (digits.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E')) {
                return Double.valueOf(digits);
            }
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            at = start;
            throw wrong("expected a value");
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw wrong("expected a value");
        }
        at += word.length();
        return value;
    }

    private void skip() {
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                at = end < 0 ? text.length() : end + 2;
            } else {
                return;
            }
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("unexpected end");
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw wrong("expected '" + c + "'");
        }
        at++;
    }

    private LaunchException wrong(String what) {
        int end = Math.min(at, text.length());
        long line = 1 + text.substring(0, end).chars().filter(c -> c == '\n').count();
        int column = end - text.lastIndexOf('\n', Math.max(0, end - 1));
        return new LaunchException("line " + line + ", column " + column + ": " + what);
    }
}
