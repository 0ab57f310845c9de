package io.ashlar.extent.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ConfigurationTest {
    @Test
    void theDefaultsAreThoseOfTheReadme() throws NoSuchMethodException {
        assertEquals(10_000L, defaultOf("leaseMillis"));
        assertEquals(1_000L, defaultOf("leaseMarginMillis"));
        assertEquals(2_000L, defaultOf("reportMillis"));
        assertEquals(5_000L, defaultOf("reserveTimeoutMillis"));
    }

    private static Object defaultOf(String key) throws NoSuchMethodException {
        return ExtentManagerComponent.Config.class.getDeclaredMethod(key).getDefaultValue();
    }
}
