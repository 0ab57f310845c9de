package io.ashlar.volume.manager;

import io.ashlar.alloc.PolicyInfo;
import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.base.Outcome.Kind;
import io.ashlar.base.Outcome.Refusal;
import io.ashlar.base.Units;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.ChunkManager;
import io.ashlar.volume.VolumeInfo;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What may be asked of a pool or volume: sizes, replicas, policies. Each check names the remedy.
final class Rules {
    static final int MAX_REPLICAS = 5;

    /// S9: an extent of several replicas is never made on fewer nodes.
    private static final int LEAST_NODES = 2;

    private final PolicyPort policies;
    private final ChunkManager chunks;

    Rules(PolicyPort policies, ChunkManager chunks) {
        this.policies = policies;
        this.chunks = chunks;
    }

    static Optional<Refusal> size(long sizeBytes) {
        if (sizeBytes <= 0) {
            return invalid("the size is " + sizeBytes + " bytes", "use more than 0, for example 4G");
        }
        if (sizeBytes > VolumeInfo.MAX_SIZE_BYTES) {
            return invalid(
                    "the size " + sizeBytes + " is too large",
                    "use at most " + VolumeInfo.MAX_SIZE_BYTES + " bytes (64 TiB)");
        }
        long rest = sizeBytes % Units.SECTOR_BYTES;
        return rest == 0
                ? Optional.empty()
                : invalid(
                        "the size " + sizeBytes + " is not a multiple of " + Units.SECTOR_BYTES + " bytes",
                        "use " + (sizeBytes - rest + Units.SECTOR_BYTES) + " bytes");
    }

    static Optional<Refusal> replicas(int replicas) {
        return replicas >= 1 && replicas <= MAX_REPLICAS
                ? Optional.empty()
                : invalid(replicas + " replicas cannot be kept", "use 1 to " + MAX_REPLICAS);
    }

    Optional<Refusal> policies(String placement, String provision) {
        var missing = missing("placement", placement, policies.placementPolicies());
        return missing.isPresent() ? missing : missing("provision", provision, policies.provisionPolicies());
    }

    private static Optional<Refusal> missing(String spi, String name, List<PolicyInfo> known) {
        var names = known.stream().map(PolicyInfo::name).distinct().sorted().toList();
        return names.contains(name)
                ? Optional.empty()
                : invalid(
                        "there is no " + spi + " policy '" + ObjectName.printable(name) + "'",
                        "use one of: " + String.join(", ", names));
    }

    /// More replicas than nodes may be asked for, down to what S9 allows: such extents begin degraded.
    Optional<Refusal> nodes(int replicas) {
        var nodes = chunks.chunks().stream().map(ChunkInfo::node).collect(Collectors.toSet());
        if (nodes.isEmpty()) {
            return Optional.of(new Refusal(
                    Kind.UNAVAILABLE, "no chunk has registered yet", "start a chunk service, then try again"));
        }
        int needed = Math.min(LEAST_NODES, replicas);
        return nodes.size() >= needed
                ? Optional.empty()
                : invalid(
                        replicas + " replicas need at least " + needed + " nodes, and there is " + nodes.size(),
                        "add a node, or ask for 1 replica");
    }

    private static Optional<Refusal> invalid(String what, String remedy) {
        return Optional.of(new Refusal(Kind.INVALID, what, remedy));
    }

    static <T> Outcome<T> refused(Refusal refusal) {
        return new Outcome.Refused<>(refusal);
    }
}
