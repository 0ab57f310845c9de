package io.ashlar.ops.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.volume.PoolSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTest {

    private final FakeWorld world = new FakeWorld();

    // ---- the normal way -------------------------------------------------------------------------------------------

    @Test
    void statusTellsTheClusterAndItsNodes() {
        var status = ok(world.get("/status"));

        assertEquals(
                "11111111-2222-3333-4444-555555555555",
                status.path("clusterUuid").asText());
        assertTrue(status.path("healthy").asBoolean());
        assertEquals("n1", status.at("/nodes/0/name").asText());
        assertEquals(4711, status.at("/nodes/0/pid").asLong());
        assertEquals("chunk", status.at("/nodes/0/roles/0").asText());
        assertEquals(300L << 30, status.at("/space/capacityBytes").asLong());
    }

    @Test
    void aVolumeIsMadeShownResizedAndDeleted() {
        created(world.post("/pools", "{\"name\":\"demo\"}"));
        var made = created(world.post("/volumes", "{\"name\":\"demo/disk0\",\"sizeBytes\":4294967296}"));
        assertEquals(16, made.path("extents").asInt());
        assertEquals(3, made.path("replicas").asInt());
        assertEquals("even", made.path("placement").asText());
        assertEquals("thin", made.path("provision").asText());

        assertEquals(
                "demo/disk0",
                ok(world.get("/volumes?pool=demo")).at("/volumes/0/name").asText());
        assertEquals(
                "demo/disk0", ok(world.get("/volumes/demo/disk0")).path("name").asText());
        assertEquals(
                "nbd://127.0.0.1:10809/demo/disk0",
                ok(world.get("/volumes/demo/disk0/uri")).path("uri").asText());
        assertEquals(
                8L << 30,
                ok(world.post("/volumes/demo/disk0/resize", "{\"sizeBytes\":8589934592}"))
                        .path("sizeBytes")
                        .asLong());
        ok(world.send("DELETE", "/volumes/demo/disk0", "application/json", ""));
        assertEquals(404, world.get("/volumes/demo/disk0").status());
    }

    @Test
    void extentsShowWhereTheyAreAndWhy() {
        disk(1L << 30);
        var extents = ok(world.get("/volumes/demo/disk0/extents"));

        assertEquals(4, extents.path("total").asInt());
        var first = extents.at("/extents/0");
        assertEquals("[1,2,3]", first.path("location").toString());
        assertEquals("[1,2]", first.path("aliveLocation").toString());
        assertEquals("(2.5, 42)", first.path("generation").asText());
        assertEquals("even/0.1.0", first.path("policy").asText());
        assertEquals("n1", first.path("leaseOwner").asText());
        assertEquals("p11", first.path("pid").asText());
        assertTrue(first.path("degraded").asBoolean());
        assertTrue(extents.at("/extents/1/pid").isNull());
        assertFalse(
                extents.at("/extents/2/known").asBoolean(),
                "an extent that its manager does not know is shown as such");
    }

    @Test
    void extentsComeInPages() {
        disk(1L << 30);
        var page = ok(world.get("/volumes/demo/disk0/extents?from=1&limit=2"));

        assertEquals(4, page.path("total").asInt());
        assertEquals(2, page.path("extents").size());
        assertEquals(1, page.at("/extents/0/index").asInt());
        assertEquals(
                0,
                ok(world.get("/volumes/demo/disk0/extents?from=99"))
                        .path("extents")
                        .size());
        assertEquals(400, world.get("/volumes/demo/disk0/extents?from=-1").status());
        assertEquals(400, world.get("/volumes/demo/disk0/extents?limit=10001").status());
        assertEquals(400, world.get("/volumes/demo/disk0/extents?limit=x").status());
    }

    @Test
    void aComparisonTellsWhetherAllReplicasAreIdentical() {
        disk(1L << 30);
        assertTrue(ok(world.post("/volumes/demo/disk0/verify", ""))
                .path("identical")
                .asBoolean());

        world.identical = false;
        var report = ok(world.post("/volumes/demo/disk0/verify", ""));
        assertFalse(report.path("identical").asBoolean());
        assertEquals("bbbb", report.at("/extents/0/replicas/1/digest").asText());
    }

    @Test
    void aChunkStopsAndStarts() {
        assertEquals(
                "STOPPED", ok(world.post("/chunks/2/stop", "")).path("service").asText());
        assertEquals("STOPPED", ok(world.get("/chunks")).at("/chunks/1/state").asText());
        assertEquals(
                "SERVING",
                ok(world.post("/chunks/c2/start", "")).path("service").asText());
        assertEquals(2, ok(world.get("/chunks")).at("/chunks/1/id").asInt());
        assertEquals(404, world.post("/chunks/77/stop", "").status());
        assertEquals(400, world.post("/chunks/0/stop", "").status());
        assertEquals(400, world.post("/chunks/99999999999/stop", "").status());
    }

    @Test
    void theTopologyCanBeChanged() {
        long rack = created(world.post("/topology", "{\"kind\":\"rack\",\"name\":\"r1\"}"))
                .path("id")
                .asLong();
        assertEquals("r1", ok(world.get("/topology/" + rack)).path("name").asText());
        var moved = ok(world.send("PATCH", "/topology/2", "application/json", "{\"parentId\":" + rack + "}"));
        assertEquals("n1", moved.path("name").asText(), "what is not named stays");
        assertEquals(
                "r2",
                ok(world.post("/topology/" + rack + "/update", "{\"name\":\"r2\"}"))
                        .path("name")
                        .asText());

        var path = ok(world.get("/chunks/c1/topology")).path("path");
        assertEquals(
                "c1 n1 r2 cluster",
                path.findValuesAsText("name").stream()
                        .reduce((a, b) -> a + " " + b)
                        .orElse(""));

        assertEquals(
                409,
                world.send("DELETE", "/topology/" + rack, "application/json", "")
                        .status());
        ok(world.send("PATCH", "/topology/2", "application/json", "{\"parentId\":1}"));
        ok(world.send("DELETE", "/topology/" + rack, "application/json", ""));
        assertEquals(404, world.get("/topology/" + rack).status());
        assertEquals(400, world.get("/topology/x").status());
        assertEquals(
                400,
                world.post("/topology", "{\"kind\":\"sofa\",\"name\":\"s\"}").status());
    }

    @Test
    void policiesAndSessionsAreListed() {
        var names = ok(world.get("/policies")).path("policies").findValuesAsText("name");
        assertEquals("[default, even, thick, thin]", names.toString());
        assertEquals("n1", ok(world.get("/sessions")).at("/sessions/0/node").asText());
    }

    // ---- refusals -------------------------------------------------------------------------------------------------

    @Test
    void everyRefusalNamesKindThingAndRemedy() {
        var error = json(world.get("/volumes/demo/none")).path("error");

        assertEquals("NOT_FOUND", error.path("kind").asText());
        assertEquals("volume demo/none does not exist", error.path("what").asText());
        assertEquals("list the volumes with: volume list", error.path("remedy").asText());
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID, 400",
        "NOT_FOUND, 404",
        "ALREADY_EXISTS, 409",
        "IN_USE, 409",
        "NO_SPACE, 507",
        "UNAVAILABLE, 503"
    })
    void eachKindOfRefusalHasItsStatus(Outcome.Kind kind, int status) {
        assertEquals(status, Problems.status(kind));
    }

    @ParameterizedTest
    @EnumSource(Outcome.Kind.class)
    void noKindIsAnInternalError(Outcome.Kind kind) {
        assertTrue(Problems.status(kind) != 500, kind::name);
    }

    @Test
    void eachAdviceHasItsStatus() {
        assertEquals(503, failing(new StorageException.Unavailable("no quorum")));
        assertEquals(409, failing(new StorageException.StaleEpoch("leader changed")));
        assertEquals(500, failing(new StorageException.DataLost("gone")));
        assertEquals(500, failing(new StorageException.Inconsistent("odd")));
    }

    private int failing(StorageException failure) {
        world.extents.failure = failure;
        var response = world.get("/sessions");
        assertEquals(failure.getMessage(), json(response).at("/error/what").asText());
        return response.status();
    }

    @Test
    void aBugIsToldWithoutItsInsides() {
        world.volumes.createPool(new PoolSpec("demo", 3, "even", "thin"));
        var broken = new Api(new BrokenParts(), () -> {});
        var response = broken.handle(request("GET", "/api/v1/volumes", "", () -> new byte[0]));

        assertEquals(500, response.status());
        assertFalse(text(response).contains("secret detail"));
    }

    @Test
    void withoutALeaderChangesAndQuestionsAreToldToComeAgain() {
        world.led = false;
        for (String path : new String[] {"/pools", "/volumes", "/chunks", "/topology", "/sessions"}) {
            var response = world.get(path);
            assertEquals(503, response.status(), path);
            assertEquals(
                    "the cluster is starting or has no leader; try again",
                    json(response).at("/error/remedy").asText());
        }
    }

    @Test
    void anOpenVolumeIsNotDeleted() {
        disk(1L << 30);
        world.volumes.open("demo/disk0", SessionId.random(), "client 127.0.0.1");

        var response = world.send("DELETE", "/volumes/demo/disk0", "application/json", "");
        assertEquals(409, response.status());
        assertTrue(text(response).contains("client 127.0.0.1"));
    }

    // ---- bad input ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "7",
                "\"x\"",
                "{\"name\":\"a\"} {}",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{\"name\":7}",
                "{\"name\":{}}",
                "{\"nam\":\"a\"}",
                "{\"name\":\"a\",\"replicas\":\"3\"}",
                "{\"name\":\"a\",\"replicas\":3.5}",
                "{\"name\":\"a\",\"replicas\":99999999999}",
                "{\"name\":\"a\",\"replicas\":1e400}",
                "{name:'a'}",
                "{\"name\":NaN}",
                "{\"@class\":\"java.lang.Runtime\",\"name\":\"a\"}",
                "\u0000",
                "{\"name\":\"a\u0001\"}",
                "<pool/>",
                "{\"name\":null}"
            })
    void aBodyThatIsNotWhatItShouldBeIsRefusedInWords(String body) {
        var response = world.post("/pools", body);

        assertEquals(400, response.status(), () -> text(response));
        assertFalse(json(response).at("/error/remedy").asText().isEmpty());
        assertEquals(0, ok(world.get("/pools")).path("pools").size());
    }

    @Test
    void deepAndLongJsonIsRefused() {
        assertEquals(400, world.post("/pools", "{\"a\":".repeat(5000)).status());
        assertEquals(400, world.post("/pools", "[".repeat(100_000)).status());
        assertEquals(
                400,
                world.post("/pools", "{\"name\":\"" + "x".repeat(500_000) + "\"}")
                        .status());
        assertEquals(
                400,
                world.post("/volumes", "{\"name\":\"a/b\",\"sizeBytes\":" + "9".repeat(5000) + "}")
                        .status());
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        byte[] noise = {(byte) 0xff, (byte) 0xfe, 0, 1, (byte) 0xc3, 0x28};
        assertEquals(
                400,
                world.api()
                        .handle(request("POST", "/api/v1/pools", "application/json", () -> noise))
                        .status());
    }

    @ParameterizedTest
    @CsvSource({
        "/volumes/demo/%00, 400",
        "/volumes/demo/%0a, 400",
        "/volumes/demo/%, 400",
        "/volumes/demo/%zz, 400",
        "/volumes/demo/%ff, 400",
        "/volumes/demo/a%2fb, 404",
        "/volumes/demo/.., 404",
        "/volumes/demo/%2e%2e, 404",
        "/volumes/demo, 404",
        "/volumes//disk0, 404",
        "/volumes/demo/disk0/nothing, 404",
        "/nothing, 404",
        "/, 404",
        "//, 404",
        "/volumes/demo/%c3%a9, 404",
        "/volumes/demo/%1b[31m, 400",
        "/status/, 200"
    })
    void oddPathsGetCleanErrors(String path, int status) {
        var response = world.get(path);

        assertEquals(status, response.status(), () -> text(response));
        assertTrue(text(response).chars().allMatch(c -> c >= ' ' && c <= '~'), () -> text(response));
    }

    @Test
    void anOverlongPathIsRefused() {
        assertEquals(400, world.get("/volumes/demo/" + "a".repeat(5000)).status());
        assertEquals(404, world.get("/volumes/demo/" + "a".repeat(300)).status());
    }

    @Test
    void aMethodThatIsNotThereIsToldWhichAre() {
        var response = world.send("PUT", "/volumes/demo/disk0", "application/json", "");

        assertEquals(405, response.status());
        assertEquals("DELETE, GET", response.headers().get("Allow"));
        assertEquals(405, world.send("TRACE", "/status", "", "").status());
        assertEquals(405, world.send("BREW", "/status", "", "").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"
            })
    void aChangeWithoutTheJsonTypeIsRefusedSoThatForeignPagesCannotMakeIt(String type) {
        assertEquals(
                415, world.send("POST", "/pools", type, "{\"name\":\"demo\"}").status());
        assertEquals(415, world.send("DELETE", "/volumes/demo/disk0", type, "").status());
        assertEquals(415, world.send("POST", "/chunks/1/stop", type, "").status());
        assertEquals(0, ok(world.get("/pools")).path("pools").size());
    }

    @Test
    void theJsonTypeMayCarryACharset() {
        created(world.send("POST", "/pools", "Application/JSON; charset=utf-8", "{\"name\":\"demo\"}"));
    }

    // ---- logging in -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic",
                "Basic !!!",
                "Bearer correct horse",
                "Basic YWRtaW4=",
                "Basic YWRtaW46YWRtaW4=",
                "basic ",
                "YWRtaW46"
            })
    void nobodyElseGetsIn(String authorization) {
        for (var route : world.api().routes()) {
            if (!route.open()) {
                String path = Api.BASE + route.path().replaceAll("\\{[a-z]+}", "1");
                var response = world.api()
                        .handle(new Request(
                                route.method(),
                                path,
                                Map.of(),
                                "application/json",
                                authorization,
                                "x",
                                () -> new byte[0]));
                assertEquals(401, response.status(), route::toString);
                assertTrue(response.headers().get("WWW-Authenticate").startsWith("Basic"));
            }
        }
        assertEquals(
                401,
                world.api()
                        .handle(new Request(
                                "GET", "/api/v1/nothing", Map.of(), "", authorization, "x", () -> new byte[0]))
                        .status(),
                "what exists is nobody's business before the login");
    }

    @Test
    void whatAStrangerSendsIsNotReadBeforeTheLogin() {
        Request.Body trap = () -> {
            throw new AssertionError("the body was read");
        };
        var response =
                world.api().handle(new Request("POST", "/api/v1/pools", Map.of(), "application/json", "", "x", trap));
        assertEquals(401, response.status());
    }

    @Test
    void theSchemesNameMayBeWrittenInAnyCase() {
        var lower = FakeWorld.basic("admin", FakeWorld.PASSWORD).replace("Basic", "bASIC");
        assertEquals(
                200,
                world.api()
                        .handle(new Request("GET", "/api/v1/status", Map.of(), "", lower, "x", () -> new byte[0]))
                        .status());
    }

    @Test
    void beforeTheIdentityIsThereNobodyGetsIn() {
        world.identified = false;
        assertEquals(503, world.get("/status").status());
    }

    // ---- the description ------------------------------------------------------------------------------------------

    @Test
    void theDescriptionHasExactlyTheRoutesThatThereAre() {
        var described = new TreeSet<String>();
        var methods = Set.of("get", "put", "post", "patch", "delete");
        json(OpenApi.response())
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (methods.contains(method)) {
                        described.add(method.toUpperCase() + " " + path.getKey());
                    }
                }));
        var served = new TreeSet<String>();
        world.api().routes().forEach(route -> served.add(route.method() + " " + route.path()));

        assertEquals(served, described);
    }

    @Test
    void everyReferenceOfTheDescriptionLeadsSomewhere() {
        var description = json(OpenApi.response());
        for (String reference : description.findValuesAsText("$ref")) {
            assertFalse(description.at(reference.substring(1)).isMissingNode(), reference);
        }
    }

    @Test
    void theDescribedFieldsAreTheOnesThatAreSent() {
        disk(1L << 30);
        var schemas = json(OpenApi.response()).at("/components/schemas");
        Map.of(
                        "Status", ok(world.get("/status")),
                        "Pool", ok(world.get("/pools")).at("/pools/0"),
                        "Volume", ok(world.get("/volumes")).at("/volumes/0"),
                        "Extent", ok(world.get("/volumes/demo/disk0/extents")).at("/extents/0"),
                        "Chunk", ok(world.get("/chunks")).at("/chunks/0"),
                        "Topology", ok(world.get("/topology")).at("/topology/0"),
                        "Policy", ok(world.get("/policies")).at("/policies/0"),
                        "Session", ok(world.get("/sessions")).at("/sessions/0"),
                        "Comparison", ok(world.post("/volumes/demo/disk0/verify", "")))
                .forEach((name, sent) -> assertEquals(names(schemas.path(name).path("properties")), names(sent), name));
    }

    @Test
    void theDescriptionNeedsNoPassword() {
        var response = world.api()
                .handle(new Request("GET", "/api/v1/openapi.json", Map.of(), "", "", "x", () -> new byte[0]));
        assertEquals(200, response.status());
    }

    // ---- helpers --------------------------------------------------------------------------------------------------

    private void disk(long bytes) {
        created(world.post("/pools", "{\"name\":\"demo\"}"));
        created(world.post("/volumes", "{\"name\":\"demo/disk0\",\"sizeBytes\":" + bytes + "}"));
    }

    private static Request request(String method, String path, String type, Request.Body body) {
        return new Request(
                method, path, Map.of(), type, FakeWorld.basic("admin", FakeWorld.PASSWORD), "127.0.0.1", body);
    }

    private static Set<String> names(JsonNode object) {
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode ok(Response response) {
        assertEquals(200, response.status(), () -> text(response));
        return json(response);
    }

    private static JsonNode created(Response response) {
        assertEquals(201, response.status(), () -> text(response));
        return json(response);
    }

    private static JsonNode json(Response response) {
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(text(response), e);
        }
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
