package io.ashlar.cluster;

import org.osgi.annotation.versioning.ProviderType;

/// Registered on the node that was elected leader of [#SCOPE], for as long as it leads; what must run only on the
/// leader refers to it, and goes when it goes.
@ProviderType
public interface Leadership {
    /// Service property: what is led; all managers together are `metadata`.
    String SCOPE = "leadership.scope";

    String METADATA = "metadata";

    /// @return 1..2^31-1; greater than the term of every leader before, also of other nodes and earlier starts
    long term();

    /// The leader's own lease: answers that are given without a durable commit are valid only while this is true (S8).
    /// It turns false by this node's own clock before another node can be elected.
    boolean valid();
}
