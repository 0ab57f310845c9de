package io.ashlar.alloc;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// Chooses the chunks for the segments of new extents.
///
/// A policy only thinks: it reads the requests and the view, and answers. It keeps no state, and it does not look at
/// the clock, the network, or the log; what it must know is in the view. Asking twice with equal arguments gives equal
/// answers, so any decision can be replayed.
///
/// **Thread:** called on a thread of the policy engine, one call at a time, never on a manager's loop. **Time:** 50 us
/// a decision for 1,000 chunks is good; after 50 ms a call is given up.
/// **If the answer is wrong or late** (too few chunks, a chunk that is not in the view, one node twice, a chunk without
/// room), the built-in default answers instead and the policy is reported by name and version; after a few such
/// failures it is quarantined.
@ConsumerType
public interface PlacementPolicy {
    /// Service property, mandatory: the name that a volume refers to. Several versions may bear it at a time.
    String NAME = "placement.name";

    /// @param batch what is to be placed, in order; each answer counts towards the load seen by the next (AL-02)
    /// @param view the cluster at one moment; immutable, safe to keep
    /// @return one answer a request, in order: [Placement.Chosen], or [Placement.Refused] naming the first rule that
    ///     left too few
    ///     chunks; never null, "no room" is no exception
    List<Placement> place(List<PlacementRequest> batch, ClusterView view);
}
