package io.ashlar.ops.rest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// The description of the API, as a file in this bundle.
final class OpenApi {

    static final String RESOURCE = "openapi.json";

    private OpenApi() {}

    static Response response() {
        return new Response(Problems.OK, Map.of(), text());
    }

    static byte[] text() {
        try (var file = OpenApi.class.getResourceAsStream(RESOURCE)) {
            if (file == null) {
                throw new IllegalStateException(RESOURCE + " is not in the bundle");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
