package io.ashlar.ops.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.ashlar.base.Outcome;
import io.ashlar.base.StorageException;
import java.util.Map;
import java.util.Objects;

/// The one table from what went wrong to what the client is told.
final class Problems {

    static final int OK = 200;
    static final int CREATED = 201;
    static final int BAD_REQUEST = 400;
    static final int UNAUTHORIZED = 401;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int REQUEST_TIMEOUT = 408;
    static final int CONFLICT = 409;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED_MEDIA_TYPE = 415;
    static final int TOO_MANY_REQUESTS = 429;
    static final int INTERNAL_ERROR = 500;
    static final int UNAVAILABLE = 503;
    static final int INSUFFICIENT_STORAGE = 507;

    private Problems() {}

    static int status(Outcome.Kind kind) {
        return switch (kind) {
            case INVALID -> BAD_REQUEST;
            case NOT_FOUND -> NOT_FOUND;
            case ALREADY_EXISTS, IN_USE -> CONFLICT;
            case NO_SPACE -> INSUFFICIENT_STORAGE;
            case UNAVAILABLE -> UNAVAILABLE;
            default -> INTERNAL_ERROR; // a kind that is newer than this table
        };
    }

    static Response of(Outcome.Refusal refusal) {
        return response(status(refusal.kind()), refusal.kind().name(), refusal.what(), refusal.remedy());
    }

    static Response of(StorageException e) {
        return switch (e.advice()) {
            case RETRY ->
                response(
                        UNAVAILABLE,
                        "UNAVAILABLE",
                        e.getMessage(),
                        "try again; if it was a change, look first whether it was made");
            case REFRESH ->
                response(
                        CONFLICT,
                        "CHANGED",
                        e.getMessage(),
                        "the leader has changed; look at the present state, then try again");
            case GIVE_UP -> response(INTERNAL_ERROR, "FAILED", e.getMessage(), "see: runtime/ashlar logs");
            case STOP_NODE ->
                response(
                        INTERNAL_ERROR,
                        "FAILED",
                        e.getMessage(),
                        "the node's own state is suspect; see: runtime/ashlar logs");
            default -> response(INTERNAL_ERROR, "FAILED", e.getMessage(), "see: runtime/ashlar logs");
        };
    }

    static Response response(int status, String kind, String what, String remedy) {
        var error = Json.object()
                .put("kind", kind)
                .put("what", Objects.requireNonNullElse(what, "something failed without saying what"))
                .put("remedy", remedy);
        return json(status, Json.object().set("error", error));
    }

    static Response json(int status, JsonNode tree) {
        return new Response(status, Map.of(), Json.bytes(tree));
    }
}
