package io.ashlar.cluster;

import io.ashlar.base.ProcessIdentity;
import java.util.List;

/// One process of the cluster.
///
/// @param name the node that it runs as, unique in the cluster
/// @param host address that others reach it at
/// @param roles for example `metadata`, `coordinator`, `chunk`, `gateway`, `console`; sorted
public record Member(String name, ProcessIdentity process, String host, List<String> roles) {
    public Member {
        roles = List.copyOf(roles);
    }
}
