package io.ashlar.ops.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.ops.console.Doorkeeper.Headers;
import io.ashlar.ops.console.Doorkeeper.Verdict;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleLoginTest {

    private static final String RIGHT = basic("admin:s3cret:with colon");
    private static final String HOST = "127.0.0.1:8600";

    private final Doorkeeper doorkeeper = new Doorkeeper(new Identity());
    private final Map<String, Object> answered = new HashMap<>();

    @Test
    void theAdministratorIsWelcome() {
        assertEquals(Verdict.WELCOME, doorkeeper.decide(new Headers("GET", RIGHT, HOST, "", "")));
        assertEquals(
                Verdict.WELCOME, doorkeeper.decide(new Headers("POST", RIGHT, HOST, "", "")), "curl names no origin");
        assertEquals(Verdict.WELCOME, doorkeeper.decide(new Headers("GET", RIGHT, HOST, "", "cross-site")), "a link");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"admin:admin", "admin:", "admin", ":", "", "root:s3cret:with colon", "admin:S3CRET:with colon"})
    void otherCredentialsAreWrong(String credentials) {
        assertEquals(Verdict.WRONG, doorkeeper.decide(new Headers("GET", basic(credentials), HOST, "", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic", "Basic ", "Basic !!", "Bearer s3cret", "Digest x", "\u0000", "Basic \u00ff"})
    void headersThatAreNoLoginAreWrong(String header) {
        assertEquals(Verdict.WRONG, doorkeeper.decide(new Headers("GET", header, HOST, "", "")));
    }

    @Test
    void withoutCredentialsTheBrowserIsAsked() {
        assertEquals(Verdict.ASK, doorkeeper.decide(new Headers("GET", "", HOST, "", "")));
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, cross-site, FOREIGN", "http://127.0.0.1:9999, same-site, FOREIGN", "null, , FOREIGN",
        "http://evil.example, , FOREIGN", "http://127.0.0.1:8600, same-origin, WELCOME",
                "http://127.0.0.1:8600, , WELCOME",
        "'::not a uri', , FOREIGN"
    })
    void changesAreTakenFromTheConsolesOwnPagesOnly(String origin, String fetchSite, Verdict verdict) {
        var headers = new Headers("POST", RIGHT, HOST, origin, fetchSite == null ? "" : fetchSite);
        assertEquals(verdict, doorkeeper.decide(headers));
    }

    @Test
    void whoIsNotKnownIsAskedForThePassword() {
        assertNull(login().authenticate(request(Map.of()), response()));
        assertEquals(401, answered.get("status"));
        assertTrue(answered.get("WWW-Authenticate").toString().startsWith("Basic realm="));
    }

    @Test
    void whoIsWrongIsAskedAgain() {
        assertNull(login().authenticate(request(Map.of("Authorization", basic("admin:admin"))), response()));
        assertEquals(401, answered.get("status"));
    }

    @Test
    void theAdministratorMayDoEverything() {
        var user = login().authenticate(request(Map.of("Authorization", RIGHT)), response());
        assertTrue(login().authorize(user, "any"));
        assertFalse(login().authorize("someone", "any"));
        assertEquals(Map.of(), answered);
    }

    private static ConsoleLogin login() {
        return new ConsoleLogin(new Identity(), 0);
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpServletRequest request(Map<String, String> headers) {
        return proxy(HttpServletRequest.class, (name, arguments) -> switch (name) {
            case "getMethod" -> "GET";
            case "getHeader" -> headers.get(arguments[0]);
            case "getRemoteAddr" -> "127.0.0.1";
            case "setAttribute" -> null;
            default -> throw new UnsupportedOperationException(name);
        });
    }

    private HttpServletResponse response() {
        return proxy(HttpServletResponse.class, (name, arguments) -> {
            switch (name) {
                case "setStatus" -> answered.put("status", arguments[0]);
                case "setHeader" -> answered.put((String) arguments[0], arguments[1]);
                case "setContentLength", "flushBuffer" -> {}
                default -> throw new UnsupportedOperationException(name);
            }
            return null;
        });
    }

    @FunctionalInterface
    private interface Calls {
        Object call(String method, Object[] arguments);
    }

    /// The servlet interfaces have a hundred methods, of which four are called.
    private static <T> T proxy(Class<T> type, Calls calls) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> calls.call(method.getName(), arguments)));
    }

    private static final class Identity implements ClusterIdentity {
        @Override
        public UUID clusterUuid() {
            return new UUID(0, 1);
        }

        @Override
        public String nodeName() {
            return "n1";
        }

        @Override
        public byte[] clusterSecret() {
            return new byte[] {1};
        }

        @Override
        public Path adminPasswordFile() {
            return Path.of("/data/secrets/admin.password");
        }

        @Override
        public boolean isAdmin(String user, String password) {
            return user.equals("admin") && password.equals("s3cret:with colon");
        }
    }
}
