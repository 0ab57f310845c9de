package io.ashlar.ops.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.ashlar.base.Outcome;
import java.util.Optional;

/// Small steps that the routes share.
final class Answers {

    static final String STARTING = "the cluster is starting or has no leader; try again";

    private Answers() {}

    /// @return the part, or leaves with 503 when it is not there
    static <T> T need(Optional<T> part, String name) {
        return part.orElseThrow(() -> Refused.unavailable(name + " is not there", STARTING));
    }

    /// @return the value, or leaves with the manager's "no"
    static <T> T value(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> value;
            case Outcome.Refused<T>(var refusal) ->
                throw new Refused(
                        Problems.status(refusal.kind()), refusal.kind().name(), refusal.what(), refusal.remedy());
        };
    }

    static Response ok(JsonNode tree) {
        return Problems.json(Problems.OK, tree);
    }

    static Response created(JsonNode tree) {
        return Problems.json(Problems.CREATED, tree);
    }

    static Response list(String name, JsonNode items) {
        return ok(Json.object().set(name, items));
    }
}
