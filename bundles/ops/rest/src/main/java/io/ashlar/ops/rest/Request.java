package io.ashlar.ops.rest;

import java.util.Map;

/// One request as far as the rules care: no servlet, no stream, so that a test can make one.
///
/// @param method in capitals
/// @param path the raw path, still percent-encoded, for example `/api/v1/volumes/demo/disk0`
/// @param query decoded parameters, the first value of each
/// @param contentType or "" when the client sent none
/// @param authorization the header's value, or ""; never logged
/// @param client the peer's address
/// @param body read only by a handler that wants it, so after the login
public record Request(
        String method,
        String path,
        Map<String, String> query,
        String contentType,
        String authorization,
        String client,
        Body body) {

    public Request {
        query = Map.copyOf(query);
    }

    /// Where the body comes from.
    @FunctionalInterface
    public interface Body {
        /// @return all of it, at most [Api#MAX_BODY_BYTES]; empty when there is none
        byte[] read();
    }
}
