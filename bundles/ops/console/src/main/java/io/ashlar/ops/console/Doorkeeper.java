package io.ashlar.ops.console;

import io.ashlar.cluster.ClusterIdentity;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/// Decides who may use the console. Thinks only: it sees the headers that matter and answers.
final class Doorkeeper {

    private static final String SCHEME = "basic ";
    private static final int MAX_HEADER_CHARACTERS = 1024;
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_PAGES = Set.of("", "same-origin", "none");

    private final ClusterIdentity identity;

    Doorkeeper(ClusterIdentity identity) {
        this.identity = identity;
    }

    /// What to do with a request.
    enum Verdict {
        WELCOME,
        /// No credentials: the browser is to ask for them.
        ASK,
        /// Wrong credentials: ask again, slowly.
        WRONG,
        /// The administrator's browser was sent here by a page of another site.
        FOREIGN
    }

    /// Headers of a request, "" where there is none.
    record Headers(String method, String authorization, String host, String origin, String fetchSite) {}

    Verdict decide(Headers headers) {
        if (headers.authorization().isEmpty()) {
            return Verdict.ASK;
        }
        if (!isAdmin(headers.authorization())) {
            return Verdict.WRONG;
        }
        return READING.contains(headers.method()) || ownPage(headers) ? Verdict.WELCOME : Verdict.FOREIGN;
    }

    private boolean isAdmin(String header) {
        if (header.length() > MAX_HEADER_CHARACTERS
                || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return false;
        }
        String text;
        try {
            text = new String(
                    Base64.getDecoder().decode(header.substring(SCHEME.length()).strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return false; // not Base64: as wrong as a wrong password
        }
        int colon = text.indexOf(':');
        return colon >= 0 && identity.isAdmin(text.substring(0, colon), text.substring(colon + 1));
    }

    /// A browser adds the known login to whatever any page makes it send; it also tells which page that was.
    private static boolean ownPage(Headers headers) {
        if (!OWN_PAGES.contains(headers.fetchSite().toLowerCase(Locale.ROOT))) {
            return false;
        }
        return headers.origin().isEmpty() || headers.host().equalsIgnoreCase(authority(headers.origin()));
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return ""; // nobody's host
        }
    }
}
