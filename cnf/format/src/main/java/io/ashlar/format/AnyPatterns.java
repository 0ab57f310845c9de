package io.ashlar.format;

import java.util.regex.Pattern;

/// The `_` in record patterns, alone or behind a type, which palantir-java-format does not know: hidden behind made-up
/// names while the formatter works.
final class AnyPatterns {

    private static final String NAME = "_";
    private static final String PATTERN = "Any_ " + NAME;
    private static final Pattern CANDIDATE = Pattern.compile("(?<=([(,]|[\\w>\\]]\\s))(\\s*)_(?=\\s*[,)])");

    private AnyPatterns() {}

    static String hide(String code) {
        return CANDIDATE.matcher(code).replaceAll(m -> {
            boolean alone = "(,".contains(m.group(1));
            String standIn = alone ? PATTERN : NAME;
            return m.group(2) + (isInRecordPattern(code, m.start()) ? standIn : "_");
        });
    }

    static String show(String code) {
        return code.replace(PATTERN, "_").replace(NAME, "_");
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
