package io.ashlar.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

    @ParameterizedTest
    @CsvSource({
        "4G, 4294967296", "4g, 4294967296", "4GiB, 4294967296", "4GB, 4294967296", "4 GiB, 4294967296",
                "512MiB, 536870912",
        "1K, 1024", "1T, 1099511627776", "1.5G, 1610612736", "4096, 4096", "4096B, 4096", "7E, 8070450532247928832"
    })
    void sizesAreReadAsPeopleWriteThem(String text, long bytes) {
        assertEquals(bytes, Sizes.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "0",
                "0G",
                "0.0K",
                "-1",
                "-1G",
                "+1",
                "1Q",
                "G",
                "1GG",
                "1iB",
                "0x10",
                "1e9",
                "1,5G",
                "1.2345",
                "1.0000001K",
                "8E",
                "9223372036854775808",
                "99999999999999999999",
                "999999999999999999999999",
                "NaN",
                "four",
                "4G4"
            })
    void whatIsNoSizeIsRefused(String text) {
        assertEquals(
                Exit.USAGE, assertThrows(Failure.class, () -> Sizes.parse(text)).exit());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "4294967296, 4 GiB",
        "1099511627776, 1 TiB",
        "70368744177664, 64 TiB",
        "9223372036854775807, 8 EiB",
        "1000000, 976.6 KiB"
    })
    void sizesAreShownShort(long bytes, String text) {
        assertEquals(text, Sizes.show(bytes));
    }
}
