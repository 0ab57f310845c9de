package io.ashlar.alloc.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.base.ChunkId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// The kit finds each way of being wrong, and nothing wrong with a policy that is right.
class PlacementContractTest {
    /// First fit, with a switch for each mistake.
    private static class FirstFit implements PlacementPolicy {
        private int calls;

        boolean mayTake(Chunk chunk) {
            return chunk.eligible();
        }

        boolean newNode(HashSet<String> nodes, String node) {
            return nodes.add(node);
        }

        void count(Map<ChunkId, Long> free, ChunkId id, long bytes) {
            free.merge(id, -bytes, Long::sum);
        }

        int calls() {
            return ++calls;
        }

        @Override
        public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
            var free = new HashMap<ChunkId, Long>();
            view.chunks().forEach(chunk -> free.put(chunk.id(), chunk.freeBytes()));
            var answers = new ArrayList<Placement>();
            for (var request : batch) {
                answers.add(one(request, view, free));
            }
            return answers;
        }

        Placement one(PlacementRequest request, ClusterView view, Map<ChunkId, Long> free) {
            var nodes = new HashSet<String>();
            var chosen = new ArrayList<ChunkId>();
            for (var chunk : view.chunks()) {
                boolean roomy = free.get(chunk.id()) >= request.segmentBytes();
                if (chosen.size() < request.width() && roomy && mayTake(chunk) && newNode(nodes, chunk.node())) {
                    chosen.add(chunk.id());
                }
            }
            if (chosen.size() < request.minWidth()) {
                return new Placement.Refused(Placement.Rule.FREE_SPACE, chosen.size(), "too few");
            }
            chosen.forEach(id -> count(free, id, request.segmentBytes()));
            return new Placement.Chosen(chosen, "first fit");
        }
    }

    private static void finds(String rule, PlacementPolicy policy) {
        var violations = PlacementContract.check(policy);
        assertTrue(
                violations.stream().anyMatch(one -> one.rule().startsWith(rule)),
                "expected '" + rule + "' in " + violations);
    }

    @Test
    void aPolicyThatIsRightPasses() {
        assertEquals(List.of(), PlacementContract.check(new FirstFit()));
    }

    @Test
    void itFindsAThrow() {
        finds("never throws", (batch, view) -> {
            throw new IllegalStateException("boom");
        });
    }

    @Test
    void itFindsMissingAnswers() {
        finds("one answer a request", (batch, view) -> List.of());
        finds("one answer a request", (batch, view) -> null);
        finds("never null", (batch, view) -> new ArrayList<>(java.util.Collections.nCopies(batch.size(), null)));
    }

    @Test
    void itFindsAPolicyThatAnswersDifferentlyTheSecondTime() {
        finds("equal questions", new FirstFit() {
            @Override
            Placement one(PlacementRequest request, ClusterView view, Map<ChunkId, Long> free) {
                return new Placement.Refused(Placement.Rule.HEALTH, calls(), "as I like");
            }
        });
    }

    @Test
    void itFindsARefusalWithoutNeed() {
        finds("refuses only when it must", new FirstFit() {
            @Override
            boolean mayTake(Chunk chunk) {
                return chunk.eligible() && !chunk.slow();
            }
        });
    }

    @Test
    void itFindsAChunkThatMayNotTakeSegments() {
        finds("only eligible chunks", new FirstFit() {
            @Override
            boolean mayTake(Chunk chunk) {
                return true;
            }
        });
    }

    @Test
    void itFindsTwoSegmentsOnOneNode() {
        finds("each on another node", new FirstFit() {
            @Override
            boolean newNode(HashSet<String> nodes, String node) {
                return true;
            }
        });
    }

    @Test
    void itFindsABatchThatDoesNotCountItsOwnLoad() {
        finds("only where there is room", new FirstFit() {
            @Override
            void count(Map<ChunkId, Long> free, ChunkId id, long bytes) {
                // forgets
            }
        });
    }

    @Test
    void itFindsAnAnswerThatIsTooNarrow() {
        finds("as wide as the view allows", new FirstFit() {
            @Override
            Placement one(PlacementRequest request, ClusterView view, Map<ChunkId, Long> free) {
                return super.one(
                        new PlacementRequest(
                                request.minWidth(), request.minWidth(), request.segmentBytes(), request.preferred()),
                        view,
                        free);
            }
        });
    }

    @Test
    void itFindsAChunkThatIsNotInTheView() {
        finds("only chunks of the view", new FirstFit() {
            @Override
            Placement one(PlacementRequest request, ClusterView view, Map<ChunkId, Long> free) {
                return new Placement.Chosen(List.of(new ChunkId(999)), "elsewhere");
            }
        });
    }

    @Test
    void itFindsChoicesAndRefusalsWithoutAReason() {
        finds("a choice says why", new FirstFit() {
            @Override
            Placement one(PlacementRequest request, ClusterView view, Map<ChunkId, Long> free) {
                return super.one(request, view, free) instanceof Placement.Chosen chosen
                        ? new Placement.Chosen(chosen.chunks(), " ")
                        : new Placement.Refused(null, 0, "");
            }
        });
    }

    @Test
    void itFindsAPolicyThatIsTooSlowForALargeCluster() {
        Predicate<ClusterView> large = view -> view.chunks().size() >= 1000;
        finds("in time", new FirstFit() {
            @Override
            Placement one(PlacementRequest request, ClusterView view, Map<ChunkId, Long> free) {
                long until = System.nanoTime() + 5_000_000;
                while (large.test(view) && System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                return super.one(request, view, free);
            }
        });
    }
}
