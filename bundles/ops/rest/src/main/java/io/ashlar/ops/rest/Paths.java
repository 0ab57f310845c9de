package io.ashlar.ops.rest;

import io.ashlar.base.ObjectName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Splits a raw path into its parts. Each part is decoded after the split, so that an encoded slash stays inside a
/// name, where the rule for names refuses it in words.
final class Paths {

    private static final int MAX_CHARACTERS = 1024;
    private static final int HEX = 16;

    private Paths() {}

    /// @param raw begins with `/`
    /// @throws Refused for a path that no client means
    static List<String> split(String raw) {
        if (raw.length() > MAX_CHARACTERS) {
            throw Refused.invalid("the path has " + raw.length() + " characters", "names have at most 63");
        }
        var parts = new ArrayList<String>();
        for (String part : raw.substring(1).split("/", -1)) {
            parts.add(decoded(part));
        }
        if (parts.size() > 1 && parts.getLast().isEmpty()) {
            parts.removeLast(); // one slash at the end does no harm
        }
        return parts;
    }

    private static String decoded(String part) {
        var bytes = ByteBuffer.allocate(part.length() * 4);
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '%') {
                bytes.put(hexByte(part, i + 1));
                i += 2;
            } else if (c > ' ' && c <= '~') {
                bytes.put((byte) c);
            } else {
                throw malformed(part);
            }
        }
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw malformed(part);
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw Refused.invalid("the path has control characters: " + ObjectName.printable(text), "leave them out");
        }
        return text;
    }

    private static byte hexByte(String part, int at) {
        int high = at + 1 < part.length() ? Character.digit(part.charAt(at), HEX) : -1;
        int low = at + 1 < part.length() ? Character.digit(part.charAt(at + 1), HEX) : -1;
        if (high < 0 || low < 0) {
            throw malformed(part);
        }
        return (byte) (high * HEX + low);
    }

    private static Refused malformed(String part) {
        return Refused.invalid(
                "the path is badly encoded at '" + ObjectName.printable(part) + "'", "percent-encode UTF-8");
    }
}
