package io.ashlar.alloc;

import io.ashlar.base.ChunkId;
import java.util.List;

/// The answer of a [PlacementPolicy] to one request.
public sealed interface Placement {
    /// @param chunks between `minWidth` and `width` different chunks, `width` whenever the view allows it
    /// @param why one line for the operator, for example "emptiest first, apart by NODE"
    record Chosen(List<ChunkId> chunks, String why) implements Placement {
        public Chosen {
            chunks = List.copyOf(chunks);
        }
    }

    /// @param rule the rule that left too few chunks
    /// @param candidatesLeft how many chunks (or nodes, for the failure domain) still passed it
    record Refused(Rule rule, int candidatesLeft, String detail) implements Placement {}

    /// Constants may be added: a switch needs a fallback.
    enum Rule {
        HEALTH,
        FREE_SPACE,
        FAILURE_DOMAIN
    }
}
