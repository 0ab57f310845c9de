package io.ashlar.itests.pax;

import io.ashlar.base.Units;
import io.ashlar.extent.ExtentInfo;
import io.ashlar.extent.ExtentManager;
import io.ashlar.ops.HealthService;
import io.ashlar.volume.PoolSpec;
import io.ashlar.volume.VolumeManager;
import io.ashlar.volume.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Thin volumes of three replicas for the tests.
final class Volumes {

    private static final String POOL = "itests";

    private Volumes() {}

    /// @return `pool/volume`
    static String create(String name, int extents, String placement) {
        Live.await(
                () -> "room for volumes",
                () -> Live.service(HealthService.class).status().ready());
        var manager = Live.service(VolumeManager.class);
        if (manager.pools().stream().noneMatch(pool -> pool.name().equals(POOL))) {
            Live.ok(manager.createPool(new PoolSpec(POOL, 3, "even", "thin")));
        }
        return Live.ok(manager.createVolume(new VolumeSpec(
                        POOL + "/" + name,
                        (long) extents * Units.EXTENT_BYTES,
                        Optional.of(3),
                        Optional.of(placement),
                        Optional.empty())))
                .name();
    }

    /// The volume's extents that have a place, in its order.
    static List<ExtentInfo> placed(String volume) {
        long id = Live.ok(Live.service(VolumeManager.class).volume(volume)).id();
        var extents = Live.service(ExtentManager.class);
        return extents.describe(extents.ofVolume(id)).stream()
                .filter(extent -> extent.pid().isPresent())
                .toList();
    }

    /// Who placed the volume's extents, in order, neighbours of one policy as one.
    static List<String> policies(String volume) {
        var runs = new ArrayList<String>();
        for (var extent : placed(volume)) {
            if (runs.isEmpty() || !runs.getLast().equals(extent.policy())) {
                runs.add(extent.policy());
            }
        }
        return runs;
    }

    static boolean lastPlacedBy(String volume, String policy) {
        var placed = placed(volume);
        return !placed.isEmpty() && placed.getLast().policy().equals(policy);
    }
}
