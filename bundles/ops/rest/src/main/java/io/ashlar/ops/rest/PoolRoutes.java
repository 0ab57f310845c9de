package io.ashlar.ops.rest;

import static io.ashlar.ops.rest.Answers.need;
import static io.ashlar.ops.rest.Answers.value;

import io.ashlar.volume.PoolSpec;
import io.ashlar.volume.VolumeManager;
import java.util.List;
import java.util.Set;

/// Pools.
final class PoolRoutes {

    private static final Set<String> FIELDS = Set.of("name", "replicas", "placement", "provision");

    /// What a pool is like unless its maker says otherwise.
    private static final int REPLICAS = 3;
    private static final String PLACEMENT = "even";
    private static final String PROVISION = "thin";

    private final Parts parts;

    PoolRoutes(Parts parts) {
        this.parts = parts;
    }

    List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        "/pools",
                        _ -> Answers.list("pools", Json.array(volumes().pools(), Views::pool))),
                new Route("POST", "/pools", this::create));
    }

    private Response create(Route.Call call) {
        var fields = new Fields(Json.parse(call.request().body().read()), FIELDS);
        var spec = new PoolSpec(
                fields.text("name"),
                fields.optionalInt("replicas").orElse(REPLICAS),
                fields.optionalText("placement").orElse(PLACEMENT),
                fields.optionalText("provision").orElse(PROVISION));
        return Answers.created(Views.pool(value(volumes().createPool(spec))));
    }

    private VolumeManager volumes() {
        return need(parts.volumes(), "the volume manager");
    }
}
