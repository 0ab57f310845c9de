package io.ashlar.ops.health;

import io.ashlar.chunk.TopoObject;
import io.ashlar.cluster.Member;
import io.ashlar.ops.ClusterStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Tells for each node of the topology which process runs it and what it does there.
final class Nodes {

    private static final String CHUNK = "chunk";

    private Nodes() {}

    /// @return the nodes of the topology and those that only a process or a chunk service names, sorted by name; pid 0
    ///     where no
    ///     process is known to run the node
    static List<ClusterStatus.Node> of(Snapshot seen) {
        Map<String, Member> members = seen.members().known().orElse(List.of()).stream()
                .collect(Collectors.toMap(Member::name, member -> member, (first, _) -> first));
        String here = seen.identity().known().map(Snapshot.Identity::nodeName).orElse("");
        Set<String> chunksHere =
                seen.controls().stream().map(Snapshot.Control::nodeName).collect(Collectors.toSet());

        var nodes = new TreeMap<String, ClusterStatus.Node>();
        for (String name : names(seen, members.keySet(), chunksHere, here)) {
            var member = name.equals(here) && seen.self().known().isPresent()
                    ? seen.self().known().get()
                    : members.get(name);
            nodes.put(name, node(name, member, name.equals(here), chunksHere.contains(name), seen.processPid()));
        }
        return new ArrayList<>(nodes.values());
    }

    private static Set<String> names(Snapshot seen, Set<String> members, Set<String> chunksHere, String here) {
        var names = new LinkedHashSet<String>();
        seen.topology().known().orElse(List.of()).stream()
                .filter(object -> object.kind() == TopoObject.Kind.NODE)
                .map(TopoObject::name)
                .forEach(names::add);
        names.addAll(members);
        names.addAll(chunksHere);
        if (!here.isEmpty()) {
            names.add(here);
        }
        return names;
    }

    private static ClusterStatus.Node node(
            String name, Member member, boolean here, boolean chunkHere, long processPid) {
        var roles = new TreeSet<String>(member == null ? List.of() : member.roles());
        if (!chunkHere && here) {
            roles.remove(CHUNK); // the process runs chunks, but for other nodes
        }
        if (chunkHere) {
            roles.add(CHUNK);
        }
        long pid = here || chunkHere
                ? processPid
                : member == null ? 0 : member.process().pid();
        return new ClusterStatus.Node(name, pid, new ArrayList<>(roles));
    }
}
