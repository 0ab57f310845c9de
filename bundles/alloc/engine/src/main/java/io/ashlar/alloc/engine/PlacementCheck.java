package io.ashlar.alloc.engine;

import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementRequest;
import java.util.HashSet;
import java.util.Optional;

/// The hard rules that every placement must obey, whoever made it. A policy can be silly, never unsafe.
final class PlacementCheck {
    private PlacementCheck() {}

    /// @param loads the view plus what the batch took before this answer
    /// @return what is wrong with the answer, or empty
    static Optional<String> problem(PlacementRequest request, Placement answer, Loads loads) {
        int reachable = Math.min(request.width(), Loads.nodesOf(loads.candidates(request.segmentBytes())));
        return switch (answer) {
            case null -> Optional.of("the answer is null");
            case Placement.Refused(var rule, var left, var detail) -> refusalProblem(request, rule, detail, reachable);
            case Placement.Chosen chosen -> choiceProblem(request, chosen, loads, reachable);
        };
    }

    private static Optional<String> refusalProblem(
            PlacementRequest request, Placement.Rule rule, String detail, int reachable) {
        if (rule == null || detail == null) {
            return Optional.of("a refusal without a rule or detail");
        }
        return reachable >= request.minWidth()
                ? Optional.of("refused (" + rule + ") although " + reachable + " nodes can take it")
                : Optional.empty();
    }

    private static Optional<String> choiceProblem(
            PlacementRequest request, Placement.Chosen chosen, Loads loads, int reachable) {
        if (chosen.why() == null || chosen.why().isBlank()) {
            return Optional.of("a choice without a why");
        }
        int size = chosen.chunks().size();
        if (size < request.minWidth() || size > request.width()) {
            return Optional.of(
                    size + " chunks where " + request.minWidth() + " to " + request.width() + " are asked for");
        }
        if (size < reachable) {
            return Optional.of("only " + size + " chunks although " + reachable + " nodes can take one");
        }
        var nodes = new HashSet<String>();
        for (var id : chosen.chunks()) {
            Chunk chunk = loads.chunk(id);
            if (chunk == null) {
                return Optional.of("chunk " + id + " is not in the view");
            }
            if (!chunk.eligible()) {
                return Optional.of("chunk " + id + " may not take segments");
            }
            if (!nodes.add(chunk.node())) {
                return Optional.of("node " + chunk.node() + " twice");
            }
            if (chunk.freeBytes() < request.segmentBytes()) {
                return Optional.of("chunk " + id + " has " + chunk.freeBytes() + " bytes free, "
                        + request.segmentBytes() + " are needed");
            }
        }
        return Optional.empty();
    }
}
