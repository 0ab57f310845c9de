package io.ashlar.ops.rest;

import java.util.HashMap;
import java.util.Map;

/// The answer to a [Request]; always JSON.
///
/// @param body whole
public record Response(int status, Map<String, String> headers, byte[] body) {

    public Response {
        headers = Map.copyOf(headers);
    }

    Response with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new Response(status, more, body);
    }
}
