package io.ashlar.ops.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ashlar.access.ExtentReport;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.base.ChunkId;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.TopoObject;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.extent.SessionInfo;
import io.ashlar.ops.ClusterStatus;
import io.ashlar.store.ChunkControl;
import io.ashlar.volume.PoolInfo;
import io.ashlar.volume.VolumeInfo;
import java.util.Collection;
import java.util.Optional;

/// What is shown of each thing. Names carry units; ids of extents are texts, since they do not fit into the numbers of
/// every JSON reader.
final class Views {

    private Views() {}

    static ObjectNode status(ClusterStatus status) {
        var tree = Json.object()
                .put("clusterUuid", status.clusterUuid())
                .put("healthy", status.healthy())
                .put("ready", status.ready());
        tree.set("problems", Json.texts(status.problems()));
        tree.set("nodes", Json.array(status.nodes(), Views::node));
        tree.put("chunksServing", status.chunksServing())
                .put("chunks", status.chunks())
                .put("distinctMachines", status.distinctMachines())
                .put("distinctDisks", status.distinctDisks());
        tree.putObject("space")
                .put("capacityBytes", status.space().capacityBytes())
                .put("allocatedBytes", status.space().allocatedBytes())
                .put("usedBytes", status.space().usedBytes());
        tree.putObject("extents")
                .put("logical", status.extents().logical())
                .put("placed", status.extents().placed())
                .put("degraded", status.extents().degraded())
                .put("unavailable", status.extents().unavailable());
        return tree.put("nbdUri", status.nbdUri()).put("consoleUrl", status.consoleUrl());
    }

    private static ObjectNode node(ClusterStatus.Node node) {
        var tree = Json.object().put("name", node.name()).put("pid", node.pid());
        return tree.set("roles", Json.texts(node.roles()));
    }

    static ObjectNode pool(PoolInfo pool) {
        return Json.object()
                .put("name", pool.name())
                .put("id", pool.id())
                .put("replicas", pool.replicas())
                .put("placement", pool.placement())
                .put("provision", pool.provision())
                .put("volumes", pool.volumes())
                .put("sizeBytes", pool.sizeBytes());
    }

    static ObjectNode volume(VolumeInfo volume) {
        var tree = Json.object()
                .put("name", volume.name())
                .put("id", volume.id())
                .put("sizeBytes", volume.sizeBytes())
                .put("replicas", volume.replicas())
                .put("placement", volume.placement())
                .put("provision", volume.provision())
                .put("extents", volume.extents())
                .put("placedExtents", volume.placedExtents());
        return tree.set("openBy", Json.texts(volume.openBy()));
    }

    /// @param info empty when the extent manager does not know the extent
    static ObjectNode extent(int index, String lid, Optional<ExtentInfo> info) {
        var tree = Json.object().put("index", index).put("lid", lid);
        if (info.isEmpty()) {
            tree.putNull("pid");
            tree.putArray("location");
            tree.putArray("aliveLocation");
            return tree.put("known", false);
        }
        var extent = info.get();
        tree.put("pid", extent.pid().map(Object::toString).orElse(null));
        tree.set("location", chunkIds(extent.location()));
        tree.set("aliveLocation", chunkIds(extent.aliveLocation()));
        return tree.put("known", true)
                .put("locationVersion", extent.locationVersion())
                .put("generation", extent.generation().toString())
                .put("leaseEpoch", extent.leaseEpoch().toString())
                .put("leaseOwner", extent.leaseNode())
                .put("replicas", extent.replicas())
                .put("degraded", extent.degraded())
                .put("provision", extent.provision())
                .put("policy", extent.policy())
                .put("why", extent.why());
    }

    private static ArrayNode chunkIds(Collection<ChunkId> ids) {
        return Json.array(ids, id -> IntNode.valueOf(id.value()));
    }

    static ObjectNode report(ExtentReport report) {
        var tree = Json.object()
                .put("index", report.index())
                .put("pid", report.pid().toString())
                .put("identical", report.identical())
                .put("detail", report.detail());
        return tree.set(
                "replicas",
                Json.array(
                        report.replicas(),
                        replica -> Json.object()
                                .put("chunk", replica.chunk().value())
                                .put("generation", replica.generation())
                                .put("digest", replica.digest())));
    }

    /// @param control the chunk's service when it runs in this process
    static ObjectNode chunk(ChunkInfo chunk, Optional<ChunkControl> control) {
        var tree = Json.object()
                .put("id", chunk.id().value())
                .put("node", chunk.node())
                .put("state", chunk.state().name())
                .put("alive", chunk.alive())
                .put("trouble", chunk.trouble())
                .put("host", chunk.host())
                .put("port", chunk.port())
                .put("machineId", chunk.machineId())
                .put("diskId", chunk.diskId())
                .put("directory", chunk.directory())
                .put("capacityBytes", chunk.capacityBytes())
                .put("allocatedBytes", chunk.allocatedBytes())
                .put("usedBytes", chunk.usedBytes())
                .put("segments", chunk.segments());
        tree.put("service", control.map(c -> c.state().name()).orElse(null));
        return tree.put("serviceTrouble", control.flatMap(ChunkControl::trouble).orElse(""));
    }

    /// A chunk service that has not registered (yet), so that the chunk manager knows nothing of it.
    static ObjectNode unregistered(ChunkControl control) {
        return Json.object()
                .putNull("id")
                .put("node", control.nodeName())
                .put("state", "UNREGISTERED")
                .put("alive", false)
                .put("trouble", control.trouble().orElse(""))
                .put("directory", control.directory().toString())
                .put("service", control.state().name())
                .put("serviceTrouble", control.trouble().orElse(""));
    }

    static ObjectNode topo(TopoObject object) {
        return Json.object()
                .put("id", object.id())
                .put("kind", object.kind().name())
                .put("name", object.name())
                .put("parentId", object.parentId())
                .put("ringId", object.ringId());
    }

    static ObjectNode policy(PolicyInfo policy) {
        return Json.object()
                .put("spi", policy.spi())
                .put("name", policy.name())
                .put("version", policy.version())
                .put("serving", policy.serving())
                .put("quarantined", policy.quarantined())
                .put("decisions", policy.decisions())
                .put("failures", policy.failures());
    }

    static ObjectNode session(SessionInfo session) {
        return Json.object()
                .put("id", session.id().toString())
                .put("node", session.node())
                .put("leases", session.leases())
                .put("expiresInMillis", session.expiresInMillis());
    }
}
