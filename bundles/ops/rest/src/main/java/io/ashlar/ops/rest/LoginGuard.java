package io.ashlar.ops.rest;

import io.ashlar.cluster.ClusterIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// Lets the administrator in (HTTP Basic) and makes wrong guesses slow.
///
/// A wrong password is answered late; only a few answers are held back at a time, the others are told to come later.
/// The right password is never made to wait, or whoever guesses could lock the administrator out.
final class LoginGuard {

    private static final String SCHEME = "basic ";
    private static final int MAX_HEADER_CHARACTERS = 1024;
    private static final int MAX_HELD_BACK = 4;

    /// How a wrong guess is held back; a test does not wait.
    @FunctionalInterface
    interface Delay {
        void await() throws InterruptedException;
    }

    private final Delay delay;
    private final Semaphore heldBack = new Semaphore(MAX_HELD_BACK);

    LoginGuard(Delay delay) {
        this.delay = delay;
    }

    /// @throws Refused unless the header carries the administrator's credentials
    void admit(String authorization, ClusterIdentity identity) {
        if (authorization.isEmpty()) {
            throw unauthorized("no password was given");
        }
        var credentials = Credentials.of(authorization);
        if (credentials == null || !identity.isAdmin(credentials.user(), credentials.password())) {
            holdBack();
            throw unauthorized("the user or password is wrong");
        }
    }

    private void holdBack() {
        if (!heldBack.tryAcquire()) {
            throw new Refused(
                    Problems.TOO_MANY_REQUESTS,
                    "TOO_MANY_REQUESTS",
                    "too many wrong passwords at a time",
                    "try again in a second",
                    Map.of("Retry-After", "1"));
        }
        try {
            delay.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            heldBack.release();
        }
    }

    private static Refused unauthorized(String what) {
        return new Refused(
                Problems.UNAUTHORIZED,
                "UNAUTHORIZED",
                what,
                "log in as admin with the password in secrets/admin.password of the data directory",
                Map.of("WWW-Authenticate", "Basic realm=\"Ashlar\", charset=\"UTF-8\""));
    }

    private record Credentials(String user, String password) {

        /// @return null when the header is no Basic login
        static Credentials of(String header) {
            if (header.length() > MAX_HEADER_CHARACTERS || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                return null;
            }
            String text;
            try {
                text = new String(
                        Base64.getDecoder()
                                .decode(header.substring(SCHEME.length()).strip()),
                        StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return null; // not Base64: as wrong as a wrong password
            }
            int colon = text.indexOf(':');
            return colon < 0 ? null : new Credentials(text.substring(0, colon), text.substring(colon + 1));
        }

        @Override
        public String toString() {
            return "credentials"; // never the password
        }
    }
}
