package io.ashlar.volume.manager;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementEngine;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.alloc.ProvisionEngine;
import io.ashlar.alloc.ProvisionPolicy.Provision;
import io.ashlar.alloc.ProvisionPolicy.ProvisionRequest;
import io.ashlar.base.Outcome;
import io.ashlar.cluster.Leadership;
import io.ashlar.meta.memory.MemoryMetaStore;
import io.ashlar.volume.PoolSpec;
import io.ashlar.volume.VolumeInfo;
import io.ashlar.volume.VolumeSpec;
import java.util.List;
import java.util.Optional;

/// A small world around volume managers.
final class World {
    static final long MIB = 1 << 20;
    static final long GIB = 1 << 30;

    private record Term(long term, World of) implements Leadership {
        @Override
        public boolean valid() {
            return of.valid;
        }
    }

    private static final class Placements implements PlacementEngine {
        @Override
        public List<PlacementDecision> place(String policyName, List<PlacementRequest> batch, ClusterView view) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<PolicyInfo> policies() {
            return List.of(policy("placement", "default"), policy("placement", "even"));
        }
    }

    private static final class Provisions implements ProvisionEngine {
        @Override
        public Provision provision(String policyName, ProvisionRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<PolicyInfo> policies() {
            return List.of(policy("provision", "thick"), policy("provision", "thin"));
        }
    }

    private static PolicyInfo policy(String spi, String name) {
        return new PolicyInfo(spi, name, "1", true, "", 0, 0);
    }

    final MemoryMetaStore store = new MemoryMetaStore();
    final FakeExtents extents = new FakeExtents();
    final FakeChunks chunks = new FakeChunks();
    final PolicyPort policies = new PolicyPort();
    final PlacementEngine placements = new Placements();
    boolean valid = true;
    long term = 1;
    VolumeService manager;

    World() {
        policies.bindPlacements(placements);
        policies.bindProvisions(new Provisions());
        manager = start();
        ok(manager.createPool(new PoolSpec("demo", 3, "even", "thin")));
    }

    private VolumeService start() {
        return new VolumeService(new Term(term, this), store, extents, chunks, policies);
    }

    VolumeService newLeader() {
        term++;
        manager = start();
        return manager;
    }

    static VolumeSpec spec(String name, long sizeBytes) {
        return new VolumeSpec(name, sizeBytes, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static VolumeSpec spec(String name, long sizeBytes, int replicas, String placement, String provision) {
        return new VolumeSpec(name, sizeBytes, Optional.of(replicas), Optional.of(placement), Optional.of(provision));
    }

    VolumeInfo make(String name, long sizeBytes) {
        return ok(manager.createVolume(spec(name, sizeBytes)));
    }

    static <T> T ok(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> value;
            case Outcome.Refused<T>(var refusal) -> throw new AssertionError(refusal);
        };
    }

    static <T> Outcome.Refusal refusal(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ok<T>(var value) -> throw new AssertionError("not refused: " + value);
            case Outcome.Refused<T>(var refusal) -> refusal;
        };
    }
}
