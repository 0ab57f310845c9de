package io.ashlar.volume.manager;

import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.base.Outcome.Kind;
import io.ashlar.meta.MetaBatch;
import io.ashlar.volume.PoolInfo;
import io.ashlar.volume.PoolSpec;
import java.util.ArrayList;
import java.util.List;

/// Makes and lists pools. **Thread:** any.
final class PoolDesk {
    private final Catalogue catalogue;
    private final Rules rules;

    PoolDesk(Catalogue catalogue, Rules rules) {
        this.catalogue = catalogue;
        this.rules = rules;
    }

    Outcome<PoolInfo> create(PoolSpec spec) {
        var problem = ObjectName.problem(spec.name());
        if (problem.isPresent()) {
            return Outcome.refused(Kind.INVALID, "pool: " + problem.get(), ObjectName.RULE);
        }
        var refusal = Rules.replicas(spec.replicas()).or(() -> rules.policies(spec.placement(), spec.provision()));
        if (refusal.isPresent()) {
            return Rules.refused(refusal.get());
        }
        return catalogue.request(() -> {
            if (catalogue.pool(spec.name()).isPresent()) {
                return Outcome.refused(
                        Kind.ALREADY_EXISTS, "pool " + spec.name() + " exists already", "choose another name");
            }
            var batch = new MetaBatch();
            var pool =
                    new Pool(catalogue.takeId(batch), spec.name(), spec.replicas(), spec.placement(), spec.provision());
            catalogue.commit(batch.put(Rows.POOLS, Rows.key(pool.id()), Rows.encode(pool)));
            return Outcome.ok(info(pool, List.of()));
        });
    }

    List<PoolInfo> list() {
        return catalogue.answer(() -> {
            var volumes = catalogue.volumes();
            var infos = new ArrayList<PoolInfo>();
            catalogue.pools().forEach(pool -> infos.add(info(pool, volumes)));
            return List.copyOf(infos);
        });
    }

    private static PoolInfo info(Pool pool, List<Volume> volumes) {
        var own =
                volumes.stream().filter(volume -> volume.poolId() == pool.id()).toList();
        return new PoolInfo(
                pool.id(),
                pool.name(),
                pool.replicas(),
                pool.placement(),
                pool.provision(),
                own.size(),
                own.stream().mapToLong(Volume::sizeBytes).sum());
    }
}
