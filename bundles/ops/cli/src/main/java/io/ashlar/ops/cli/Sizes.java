package io.ashlar.ops.cli;

import io.ashlar.base.ObjectName;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/// Sizes as people write them. Units are binary: 1K = 1KiB = 1024 bytes.
final class Sizes {

    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,20}(?:\\.[0-9]{1,9})?) ?(?:([KMGTPE])(?:i?B)?|B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGTPE";
    private static final int SHIFT = 10;
    private static final String REMEDY = "write it like 4G, 512MiB or 1073741824";

    private Sizes() {}

    /// @return bytes, more than 0
    static long parse(String text) {
        var size = SIZE.matcher(text);
        if (!size.matches()) {
            throw Failure.usage("'" + ObjectName.printable(text) + "' is no size", REMEDY);
        }
        String unit = size.group(2);
        int power = unit == null ? 0 : UNITS.indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
        var bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1L << (SHIFT * power)));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw Failure.usage("the size '" + text + "' is too large", "a volume has at most 64T");
        }
        if (bytes.signum() == 0) {
            throw Failure.usage("the size must be more than 0", REMEDY);
        }
        if (bytes.stripTrailingZeros().scale() > 0) {
            throw Failure.usage("the size '" + text + "' is no whole number of bytes", REMEDY);
        }
        return bytes.longValueExact();
    }

    /// @return for example `4 GiB`, `1.5 TiB`, `4000 B`
    static String show(long bytes) {
        int power = 0;
        double value = bytes;
        while (Math.abs(value) >= 1 << SHIFT && power < UNITS.length()) {
            value /= 1 << SHIFT;
            power++;
        }
        if (power == 0) {
            return bytes + " B";
        }
        String number =
                value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.1f", value);
        return number + " " + UNITS.charAt(power - 1) + "iB";
    }
}
