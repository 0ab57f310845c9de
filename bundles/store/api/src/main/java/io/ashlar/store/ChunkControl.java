package io.ashlar.store;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// The handle by which an operator stops and starts a chunk service of this node. One service for each configured
/// chunk, there also while the chunk is stopped.
///
/// **Thread:** any; [#start()] and [#stop()] block until it is done.
@ProviderType
public interface ChunkControl {
    /// @return the cid, once the chunk manager has given one
    Optional<ChunkId> id();

    /// @return the node of the topology that this chunk belongs to
    String nodeName();

    Path directory();

    State state();

    /// @return why the chunk is not serving, for an operator; empty while it is
    Optional<String> trouble();

    /// Stops in order: no new requests, those in flight are answered, everything synced, the directory's lock given
    /// back. Stays stopped over restarts until [#start()].
    Outcome<State> stop();

    Outcome<State> start();

    /// Constants may be added: a switch needs a fallback.
    enum State {
        STARTING,
        SERVING,
        STOPPED,
        FAILED
    }
}
