package io.ashlar.ops.rest;

import static io.ashlar.ops.rest.Answers.need;
import static io.ashlar.ops.rest.Answers.value;

import io.ashlar.access.ExtentReport;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.volume.VolumeInfo;
import io.ashlar.volume.VolumeManager;
import io.ashlar.volume.VolumeSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/// Volumes and their extents.
final class VolumeRoutes {

    private static final Set<String> CREATE = Set.of("name", "sizeBytes", "replicas", "placement", "provision");
    private static final Set<String> RESIZE = Set.of("sizeBytes", "allowShrink");

    /// Extents in one answer; a client asks for the next ones with `from`.
    private static final int MAX_EXTENTS = 10_000;

    /// A comparison reads every replica whole: more at a time would only slow each other and the clients down.
    private static final int MAX_VERIFYING = 2;

    private final Parts parts;
    private final Semaphore verifying = new Semaphore(MAX_VERIFYING);

    VolumeRoutes(Parts parts) {
        this.parts = parts;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/volumes", this::list),
                new Route("POST", "/volumes", this::create),
                new Route(
                        "GET",
                        "/volumes/{pool}/{name}",
                        call -> volume(volumes().volume(name(call)))),
                new Route(
                        "DELETE",
                        "/volumes/{pool}/{name}",
                        call -> volume(volumes().delete(name(call)))),
                new Route("POST", "/volumes/{pool}/{name}/resize", this::resize),
                new Route("GET", "/volumes/{pool}/{name}/uri", this::uri),
                new Route("GET", "/volumes/{pool}/{name}/extents", this::extents),
                new Route("POST", "/volumes/{pool}/{name}/verify", this::verify));
    }

    private Response list(Route.Call call) {
        String pool = call.request().query().getOrDefault("pool", "");
        return Answers.list("volumes", Json.array(value(volumes().volumes(pool)), Views::volume));
    }

    private Response create(Route.Call call) {
        var fields = new Fields(Json.parse(call.request().body().read()), CREATE);
        var spec = new VolumeSpec(
                fields.text("name"),
                fields.number("sizeBytes"),
                fields.optionalInt("replicas"),
                fields.optionalText("placement"),
                fields.optionalText("provision"));
        return Answers.created(Views.volume(value(volumes().createVolume(spec))));
    }

    private Response resize(Route.Call call) {
        var fields = new Fields(Json.parse(call.request().body().read()), RESIZE);
        return volume(volumes().resize(name(call), fields.number("sizeBytes"), fields.flag("allowShrink")));
    }

    private Response uri(Route.Call call) {
        var volume = value(volumes().volume(name(call)));
        String base = need(parts.health(), "the health service").status().nbdUri();
        if (base.isEmpty()) {
            throw Refused.unavailable("no NBD gateway is configured here", "install the feature 'gateway' on a node");
        }
        return Answers.ok(
                Json.object().put("uri", base + "/" + volume.name())); // names need no encoding, by their rule
    }

    private Response extents(Route.Call call) {
        int from = number(call, "from", 0, Integer.MAX_VALUE);
        int limit = number(call, "limit", MAX_EXTENTS, MAX_EXTENTS);
        var volume = value(volumes().volume(name(call)));
        var lids = value(volumes().map(volume.id())).lids();
        int begin = Math.min(from, lids.size());
        int end = Math.min(lids.size(), begin + limit);
        var wanted = lids.subList(begin, end);
        Map<Lid, ExtentInfo> known = new HashMap<>();
        need(parts.extents(), "the extent manager").describe(wanted).forEach(info -> known.put(info.lid(), info));

        var rows = Json.array(
                IntStream.range(begin, end).boxed().toList(),
                index -> Views.extent(
                        index, lids.get(index).toString(), Optional.ofNullable(known.get(lids.get(index)))));
        var tree = Json.object()
                .put("volume", volume.name())
                .put("sizeBytes", volume.sizeBytes())
                .put("total", lids.size());
        return Answers.ok(tree.set("extents", rows));
    }

    private Response verify(Route.Call call) {
        var access = need(parts.access(), "the access layer");
        if (!verifying.tryAcquire()) {
            throw Refused.unavailable("other comparisons are running", "wait until they are done, then try again");
        }
        try {
            var reports = value(access.verify(name(call)));
            var tree = Json.object()
                    .put("volume", name(call))
                    .put("identical", reports.stream().allMatch(ExtentReport::identical));
            return Answers.ok(tree.set("extents", Json.array(reports, Views::report)));
        } finally {
            verifying.release();
        }
    }

    private static int number(Route.Call call, String parameter, int otherwise, int max) {
        String text = call.request().query().get(parameter);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below, like a number that is out of range
        }
        throw Refused.invalid(
                "the parameter '" + parameter + "' is no number from 0 to " + max, "leave it out, or correct it");
    }

    private static Response volume(Outcome<VolumeInfo> outcome) {
        return Answers.ok(Views.volume(value(outcome)));
    }

    private static String name(Route.Call call) {
        return call.variable("pool") + "/" + call.variable("name");
    }

    private VolumeManager volumes() {
        return need(parts.volumes(), "the volume manager");
    }
}
