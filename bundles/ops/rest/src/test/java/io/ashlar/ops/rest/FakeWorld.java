package io.ashlar.ops.rest;

import io.ashlar.access.ExtentReport;
import io.ashlar.access.VolumeAccess;
import io.ashlar.access.VolumeHandle;
import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.alloc.ProvisionPolicy;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.base.Pid;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.cluster.ClusterIdentity;
import io.ashlar.extent.ExtentManager;
import io.ashlar.ops.ClusterStatus;
import io.ashlar.ops.HealthService;
import io.ashlar.store.ChunkControl;
import io.ashlar.volume.VolumeManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A cluster of fakes with three chunks, seen through the real API. Parts can be taken away.
public final class FakeWorld implements Parts {

    /// The administrator's password here.
    public static final String PASSWORD = "correct horse";

    /// Whether anybody can log in.
    public volatile boolean identified = true;
    /// Whether the managers are there.
    public volatile boolean led = true;
    /// What the status says of it.
    public volatile boolean ready = true;
    /// Whether a comparison finds equal replicas.
    public volatile boolean identical = true;

    final FakeVolumes volumes = new FakeVolumes();
    final FakeExtents extents = new FakeExtents();
    final List<FakeChunks.ChunkControl> controls =
            List.of(new FakeChunks.ChunkControl(1), new FakeChunks.ChunkControl(2), new FakeChunks.ChunkControl(3));
    final FakeChunks chunks = new FakeChunks(controls);
    private final Api api = new Api(this, () -> {});

    /// @return the real API over these fakes; wrong passwords are not made slow
    public Api api() {
        return api;
    }

    @Override
    public Optional<ClusterIdentity> identity() {
        return identified ? Optional.of(new Identity()) : Optional.empty();
    }

    @Override
    public Optional<HealthService> health() {
        return Optional.of(this::status);
    }

    private ClusterStatus status() {
        return new ClusterStatus(
                "11111111-2222-3333-4444-555555555555",
                ready,
                ready,
                ready ? List.of() : List.of("the chunk manager is not there - wait"),
                List.of(
                        new ClusterStatus.Node("n1", 4711, List.of("chunk", "console", "gateway", "metadata")),
                        new ClusterStatus.Node("n2", 4711, List.of("chunk")),
                        new ClusterStatus.Node("n3", 4711, List.of("chunk"))),
                (int) controls.stream()
                        .filter(c -> c.state() == ChunkControl.State.SERVING)
                        .count(),
                3,
                1,
                1,
                new ClusterStatus.Space(300L << 30, 9L << 30, 3L << 30),
                new ClusterStatus.Extents(16, 1, 0, 0),
                "nbd://127.0.0.1:10809",
                "http://127.0.0.1:8600/system/console");
    }

    @Override
    public Optional<VolumeManager> volumes() {
        return led ? Optional.of(volumes) : Optional.empty();
    }

    @Override
    public Optional<ExtentManager> extents() {
        return led ? Optional.of(extents) : Optional.empty();
    }

    @Override
    public Optional<ChunkManager> chunks() {
        return led ? Optional.of(chunks) : Optional.empty();
    }

    @Override
    public Optional<VolumeAccess> access() {
        return led ? Optional.of(new Access()) : Optional.empty();
    }

    @Override
    public Optional<PlacementEngine> placements() {
        return Optional.of(new Placements());
    }

    @Override
    public Optional<ProvisionEngine> provisions() {
        return Optional.of(new Provisions());
    }

    @Override
    public List<ChunkControl> controls() {
        return List.copyOf(controls);
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    Response get(String path) {
        return send("GET", path, "", "");
    }

    Response post(String path, String body) {
        return send("POST", path, "application/json", body);
    }

    Response send(String method, String path, String contentType, String body) {
        int question = path.indexOf('?');
        Map<String, String> query = RestServlet.query(question < 0 ? null : path.substring(question + 1));
        return api.handle(new Request(
                method,
                Api.BASE + (question < 0 ? path : path.substring(0, question)),
                query,
                contentType,
                basic("admin", PASSWORD),
                "127.0.0.1",
                () -> body.getBytes(StandardCharsets.UTF_8)));
    }

    // ---- small fakes ----------------------------------------------------------------------------------------------

    private static final class Identity implements ClusterIdentity {
        @Override
        public UUID clusterUuid() {
            return UUID.fromString("11111111-2222-3333-4444-555555555555");
        }

        @Override
        public String nodeName() {
            return "n1";
        }

        @Override
        public byte[] clusterSecret() {
            return new byte[] {1};
        }

        @Override
        public Path adminPasswordFile() {
            return Path.of("/data/secrets/admin.password");
        }

        @Override
        public boolean isAdmin(String user, String password) {
            return user.equals("admin") && password.equals(PASSWORD);
        }
    }

    private final class Access implements VolumeAccess {
        @Override
        public Outcome<VolumeHandle> open(String volume, String client) {
            throw new UnsupportedOperationException("not asked for by these tests");
        }

        @Override
        public Outcome<List<String>> list() {
            throw new UnsupportedOperationException("not asked for by these tests");
        }

        @Override
        public Outcome<List<ExtentReport>> verify(String volume) {
            return volumes.volume(volume)
                    .then(_ -> Outcome.ok(List.of(new ExtentReport(
                            0,
                            Pid.of(0, 17),
                            identical,
                            List.of(
                                    new ExtentReport.Replica(new ChunkId(1), "(2.5, 42)", "aaaa"),
                                    new ExtentReport.Replica(new ChunkId(2), "(2.5, 42)", identical ? "aaaa" : "bbbb")),
                            identical ? "aaaa" : "chunk c2 differs"))));
        }
    }

    private static final class Placements implements PlacementEngine {
        @Override
        public List<PlacementDecision> place(String policyName, List<PlacementRequest> batch, ClusterView view) {
            throw new UnsupportedOperationException("not asked for by these tests");
        }

        @Override
        public List<PolicyInfo> policies() {
            return List.of(
                    new PolicyInfo("placement", "default", "0.1.0", true, "", 0, 0),
                    new PolicyInfo("placement", "even", "0.1.0", true, "", 12, 0));
        }
    }

    private static final class Provisions implements ProvisionEngine {
        @Override
        public ProvisionPolicy.Provision provision(String policyName, ProvisionPolicy.ProvisionRequest request) {
            throw new UnsupportedOperationException("not asked for by these tests");
        }

        @Override
        public List<PolicyInfo> policies() {
            return List.of(
                    new PolicyInfo("provision", "thick", "0.1.0", true, "", 0, 0),
                    new PolicyInfo("provision", "thin", "0.1.0", true, "", 4, 0));
        }
    }
}
