package io.ashlar.ops.health;

import io.ashlar.chunk.ChunkInfo;
import io.ashlar.extent.ExtentTotals;
import io.ashlar.ops.ClusterStatus;
import io.ashlar.ops.health.Snapshot.Part;
import io.ashlar.store.ChunkControl;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// Judges a snapshot: what is wrong, whether the cluster is healthy, whether it is ready. Thinks only.
final class Health {

    /// New extents are placed on at least two nodes (S9).
    private static final int MIN_NODES = 2;

    private static final String LOG = "see: runtime/ashlar logs";

    private final Snapshot seen;
    private final List<String> problems = new ArrayList<>();

    private Health(Snapshot seen) {
        this.seen = seen;
    }

    static ClusterStatus assess(Snapshot seen) {
        return new Health(seen).assess();
    }

    private ClusterStatus assess() {
        judgeParts();
        judgeControls();
        judgeChunks();
        judgeNodes();
        seen.extents().known().ifPresent(this::judgeExtents);
        var chunks = chunks();
        return new ClusterStatus(
                seen.identity().known().map(Snapshot.Identity::clusterUuid).orElse(""),
                problems.isEmpty(),
                ready(),
                problems,
                Nodes.of(seen),
                (int) chunks.stream().filter(Health::serving).count(),
                chunks.size(),
                distinct(chunks, ChunkInfo::machineId),
                distinct(chunks, chunk -> chunk.diskId().isEmpty() ? "" : chunk.machineId() + " " + chunk.diskId()),
                space(chunks),
                seen.extents().known().map(Health::extents).orElse(new ClusterStatus.Extents(0, 0, 0, 0)),
                seen.endpoints().nbdUri(),
                seen.endpoints().consoleUrl());
    }

    private void judgeParts() {
        judge("the cluster's identity", seen.identity(), "check that the data directory is readable, " + LOG);
        judge("membership", seen.members(), "the coordinator (ZooKeeper) may be starting; " + LOG);
        judge("the chunk manager", seen.chunks(), "the cluster is starting or has no leader; wait, then " + LOG);
        judge("the extent manager", seen.extents(), "the cluster is starting or has no leader; wait, then " + LOG);
        judge("the volume manager", seen.pools(), "the cluster is starting or has no leader; wait, then " + LOG);
    }

    private void judge(String name, Part<?> part, String remedy) {
        switch (part) {
            case Part.Answered<?> _ -> {}
            case Part.Absent<?> _ -> problem(name + " is not there", remedy);
            case Part.Silent<?>(var why) -> problem(name + " does not answer: " + why, remedy);
        }
    }

    private void judgeControls() {
        for (var control : seen.controls()) {
            String name = "the chunk service of node " + control.nodeName();
            switch (control.state()) {
                case STARTING -> problem(name + " is starting", "wait a moment");
                case FAILED ->
                    problem(
                            name + " has failed: " + control.trouble(),
                            "mend its directory, then: chunk start "
                                    + control.id().map(Object::toString).orElse("CID"));
                default -> {}
            }
        }
    }

    private void judgeChunks() {
        var stopped = seen.stoppedHere();
        for (var chunk : chunks()) {
            String name = "chunk " + chunk.id() + " on node " + chunk.node();
            boolean onPurpose = chunk.state() == ChunkInfo.State.STOPPED || stopped.contains(chunk.id());
            if (!onPurpose && !chunk.alive()) {
                problem(
                        name + " does not answer" + trouble(chunk),
                        "look at the node, then: chunk start " + chunk.id());
            } else if (chunk.alive() && !serving(chunk)) {
                problem(name + " is not well" + trouble(chunk), "look at its disk, " + LOG);
            }
        }
    }

    private static String trouble(ChunkInfo chunk) {
        return chunk.trouble().isEmpty() ? "" : ": " + chunk.trouble();
    }

    private void judgeNodes() {
        if (seen.chunks().known().isPresent() && nodesServing() < MIN_NODES) {
            problem(
                    "chunks serve on " + nodesServing() + " nodes, new extents need " + MIN_NODES,
                    "start more chunks with: chunk start CID");
        }
    }

    private void judgeExtents(ExtentTotals totals) {
        if (totals.unavailable() > 0) {
            problem(
                    count(totals.unavailable(), "extent") + " cannot be read: no replica answers",
                    "start the chunks that hold them; see: extent list POOL/NAME");
        }
        if (totals.degraded() > 0) {
            problem(
                    count(totals.degraded(), "extent") + " with fewer live replicas than asked for",
                    "start the stopped chunks; see: chunk list, extent list POOL/NAME");
        }
    }

    private static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    /// Volumes can be made and written: all managers answer, enough nodes serve, and no chunk of this process is on its
    /// way.
    private boolean ready() {
        return seen.chunks().known().isPresent()
                && seen.extents().known().isPresent()
                && seen.pools().known().isPresent()
                && nodesServing() >= MIN_NODES
                && seen.controls().stream().noneMatch(control -> control.state() == ChunkControl.State.STARTING);
    }

    private long nodesServing() {
        return chunks().stream()
                .filter(Health::serving)
                .map(ChunkInfo::node)
                .distinct()
                .count();
    }

    private static boolean serving(ChunkInfo chunk) {
        return chunk.state() == ChunkInfo.State.CONNECTED_HEALTHY;
    }

    private List<ChunkInfo> chunks() {
        return seen.chunks().known().orElse(List.of());
    }

    private static int distinct(List<ChunkInfo> chunks, Function<ChunkInfo, String> id) {
        return (int) chunks.stream()
                .map(id)
                .filter(Predicate.not(String::isEmpty))
                .distinct()
                .count();
    }

    private static ClusterStatus.Space space(List<ChunkInfo> chunks) {
        return new ClusterStatus.Space(
                chunks.stream().mapToLong(ChunkInfo::capacityBytes).sum(),
                chunks.stream().mapToLong(ChunkInfo::allocatedBytes).sum(),
                chunks.stream().mapToLong(ChunkInfo::usedBytes).sum());
    }

    private static ClusterStatus.Extents extents(ExtentTotals totals) {
        return new ClusterStatus.Extents(totals.logical(), totals.placed(), totals.degraded(), totals.unavailable());
    }

    private void problem(String what, String remedy) {
        problems.add(what + " - " + remedy);
    }
}
