package io.ashlar.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Hashtable;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointsFinderTest {

    @Test
    void theNbdAddressComesFromTheGatewaysConfiguration() {
        assertEquals("nbd://10.1.2.3:11809", nbd(Map.of("host", "10.1.2.3", "port", 11809)));
        assertEquals("nbd://127.0.0.1:10809", nbd(Map.of()));
        assertEquals("nbd://127.0.0.1:1", nbd(Map.of("host", "0.0.0.0", "port", 1)));
        assertEquals("nbd://[fe80::1]:1", nbd(Map.of("host", "fe80::1", "port", 1)));
        assertEquals("", EndpointsFinder.nbdUri(null));
    }

    @Test
    void theConsoleIsWhereTheWebServerListens() {
        assertEquals("http://127.0.0.1:8600/system/console", EndpointsFinder.console("127.0.0.1", "8600"));
        assertEquals("http://127.0.0.1:8600/system/console", EndpointsFinder.console(null, "8600"));
        assertEquals("", EndpointsFinder.console("127.0.0.1", null));
    }

    private static String nbd(Map<String, Object> properties) {
        return EndpointsFinder.nbdUri(new Hashtable<>(properties));
    }
}
