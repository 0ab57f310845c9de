package io.ashlar.chunk.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ashlar.alloc.ClusterView;
import io.ashlar.base.StorageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementPortTest {
    private static final ClusterView NOBODY = new ClusterView(1, List.of());

    private final PlacementPort port = new PlacementPort();

    @Test
    void withoutAnEngineTheCallMayBeTriedAgain() {
        var failure = assertThrows(StorageException.class, () -> port.place("even", List.of(), NOBODY));
        assertEquals(StorageException.Advice.RETRY, failure.advice());
    }

    @Test
    void theSuccessorStaysWhenThePredecessorLeaves() {
        var old = new EmptiestFirst();
        var young = new EmptiestFirst();
        port.bindEngine(old);
        port.bindEngine(young);
        port.unbindEngine(old);
        port.place("even", List.of(), NOBODY);
        assertEquals("even", young.lastPolicy);
        port.unbindEngine(young);
        assertThrows(StorageException.Unavailable.class, port::policies);
    }
}
