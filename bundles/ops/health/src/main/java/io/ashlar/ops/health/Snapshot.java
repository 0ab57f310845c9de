package io.ashlar.ops.health;

import io.ashlar.base.ChunkId;
import io.ashlar.chunk.ChunkInfo;
import io.ashlar.chunk.TopoObject;
import io.ashlar.cluster.Member;
import io.ashlar.extent.ExtentTotals;
import io.ashlar.store.ChunkControl;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Everything that the judgement of health rests on, seen at one moment.
///
/// @param identity of the cluster and of this node in it
/// @param processPid of this process
/// @param self this process as a member, once it has joined
/// @param members all processes that have joined
/// @param chunks what the chunk manager knows of the chunks
/// @param topology the tree, parents before children
/// @param extents counts of the extent manager
/// @param pools how many pools the volume manager has
/// @param controls the chunk services of this process
/// @param endpoints where clients connect
record Snapshot(
        Part<Identity> identity,
        long processPid,
        Part<Member> self,
        Part<List<Member>> members,
        Part<List<ChunkInfo>> chunks,
        Part<List<TopoObject>> topology,
        Part<ExtentTotals> extents,
        Part<Integer> pools,
        List<Control> controls,
        Endpoints endpoints) {

    Snapshot {
        controls = List.copyOf(controls);
    }

    /// What one part of the cluster answered.
    sealed interface Part<T> {

        record Answered<T>(T value) implements Part<T> {}

        /// The service is not there.
        record Absent<T>() implements Part<T> {}

        /// The service is there but has no answer.
        record Silent<T>(String why) implements Part<T> {}

        default Optional<T> known() {
            return this instanceof Answered<T>(var value) ? Optional.of(value) : Optional.empty();
        }
    }

    record Identity(String clusterUuid, String nodeName) {}

    /// One chunk service of this process.
    record Control(Optional<ChunkId> id, String nodeName, ChunkControl.State state, String trouble) {}

    /// @param nbdUri `nbd://host:port`, or "" where no gateway is configured
    /// @param consoleUrl or "" where no web server is configured
    record Endpoints(String nbdUri, String consoleUrl) {}

    /// @return the chunks whose services an operator has stopped here
    Set<ChunkId> stoppedHere() {
        return controls.stream()
                .filter(control -> control.state() == ChunkControl.State.STOPPED)
                .flatMap(control -> control.id().stream())
                .collect(Collectors.toSet());
    }
}
