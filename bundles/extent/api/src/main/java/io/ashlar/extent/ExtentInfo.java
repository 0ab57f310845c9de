package io.ashlar.extent;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Pid;
import java.util.List;
import java.util.Optional;

/// An extent as the operator sees it.
///
/// @param pid empty while the extent has no place
/// @param location recorded segments (EM-04)
/// @param aliveLocation those of them whose chunk answers now
/// @param generation the floor that the metadata holds
/// @param leaseNode node of the lease owner; "" while there is none
/// @param policy name and version of the placement policy that chose, and its reason
public record ExtentInfo(
        Lid lid,
        Optional<Pid> pid,
        List<ChunkId> location,
        List<ChunkId> aliveLocation,
        long locationVersion,
        Generation generation,
        LeaseEpoch leaseEpoch,
        String leaseNode,
        int replicas,
        String provision,
        String policy,
        String why) {
    public ExtentInfo {
        location = List.copyOf(location);
        aliveLocation = List.copyOf(aliveLocation);
    }

    public boolean degraded() {
        return pid.isPresent() && aliveLocation.size() < replicas;
    }
}
