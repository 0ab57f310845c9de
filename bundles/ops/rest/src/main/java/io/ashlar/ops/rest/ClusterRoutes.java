package io.ashlar.ops.rest;

import static io.ashlar.ops.rest.Answers.need;

import io.ashlar.alloc.PolicyInfo;
import java.util.ArrayList;
import java.util.List;

/// Status, policies, sessions.
final class ClusterRoutes {

    private final Parts parts;

    ClusterRoutes(Parts parts) {
        this.parts = parts;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/status", _ -> status()),
                new Route("GET", "/policies", _ -> policies()),
                new Route("GET", "/sessions", _ -> sessions()));
    }

    private Response status() {
        return Answers.ok(
                Views.status(need(parts.health(), "the health service").status()));
    }

    private Response policies() {
        var policies = new ArrayList<PolicyInfo>(
                need(parts.placements(), "the placement engine").policies());
        parts.provisions().ifPresent(engine -> policies.addAll(engine.policies()));
        return Answers.list("policies", Json.array(policies, Views::policy));
    }

    private Response sessions() {
        return Answers.list(
                "sessions",
                Json.array(need(parts.extents(), "the extent manager").sessions(), Views::session));
    }
}
