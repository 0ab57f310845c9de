package io.ashlar.format;

import java.util.regex.Pattern;

/// The pattern `_` in a record pattern, which palantir-java-format does not know: hidden behind a made-up type while
/// the formatter works.
final class AnyPatterns {

    private static final String STAND_IN = "_";
    private static final Pattern CANDIDATE = Pattern.compile("(?<=[(,])(\\s*)_(?=\\s*[,)])");

    private AnyPatterns() {}

    static String hide(String code) {
        return CANDIDATE.matcher(code).replaceAll(m -> m.group(1) + (isInRecordPattern(code, m.start()) ? STAND_IN : "_"));
    }

    static String show(String code) {
        return code.replace(STAND_IN, "_");
    }

    /// A record pattern's parenthesis follows the name of the record; that of a lambda's parameters follows no name.
    private static boolean isInRecordPattern(String code, int at) {
        int depth = 0;
        for (int i = at - 1; i > 0; i--) {
            char c = code.charAt(i);
            if (c == ')') {
                depth++;
            } else if (c == '(' && depth-- == 0) {
                char before = code.charAt(i - 1);
                return Character.isJavaIdentifierPart(before) || before == '>';
            }
        }
        return false;
    }
}
