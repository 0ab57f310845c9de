package io.ashlar.alloc.engine;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/// Places batches: asks the named policy in slices, checks each answer against the loads as they then are, and lets the
/// default answer from the first wrong answer of a slice on.
final class GuardedPlacement {
    /// The time bound is for one call, so a call must not be a whole volume.
    static final int SLICE = 16;

    private final PolicyGuard<PlacementPolicy> guard;
    private final String defaultName;
    private final DefaultPlacement fallback = new DefaultPlacement();
    private final LongAdder fallbackDecisions = new LongAdder();

    GuardedPlacement(PolicyGuard<PlacementPolicy> guard, String defaultName) {
        this.guard = guard;
        this.defaultName = defaultName;
    }

    List<PlacementDecision> place(String policyName, List<PlacementRequest> batch, ClusterView view) {
        var loads = new Loads(view);
        var decisions = new ArrayList<PlacementDecision>(batch.size());
        for (int from = 0; from < batch.size(); from += SLICE) {
            var slice = List.copyOf(batch.subList(from, Math.min(batch.size(), from + SLICE)));
            if (policyName.equals(defaultName)) {
                decide(slice, "", loads, decisions);
            } else {
                placeSlice(policyName, slice, loads, decisions);
            }
        }
        return decisions;
    }

    long fallbackDecisions() {
        return fallbackDecisions.sum();
    }

    /// @return what is wrong with the answers to a slice, or empty
    static Optional<String> problem(List<PlacementRequest> slice, List<Placement> answers, ClusterView view) {
        var accepted = new ArrayList<Placement>();
        return accept(slice, answers, new Loads(view), accepted);
    }

    private void placeSlice(
            String policyName, List<PlacementRequest> slice, Loads loads, List<PlacementDecision> decisions) {
        var view = loads.view();
        var accepted = new ArrayList<Placement>();
        var reply = guard.ask(
                policyName,
                slice.size(),
                policy -> policy.place(slice, view),
                answers -> accept(slice, answers, loads, accepted));
        for (var placement : accepted) {
            decisions.add(new PlacementDecision(placement, reply.label(), ""));
        }
        var note = reply.label().isEmpty() ? reply.note() : "policy " + reply.label() + ": " + reply.note();
        decide(slice.subList(accepted.size(), slice.size()), note, loads, decisions);
    }

    private void decide(List<PlacementRequest> requests, String note, Loads loads, List<PlacementDecision> decisions) {
        for (var request : requests) {
            decisions.add(new PlacementDecision(fallback.place(request, loads), defaultName, note));
            fallbackDecisions.increment();
        }
    }

    /// Takes over good answers up to the first bad one, and their load.
    private static Optional<String> accept(
            List<PlacementRequest> slice, List<Placement> answers, Loads loads, List<Placement> accepted) {
        if (answers == null || answers.size() != slice.size()) {
            return Optional.of((answers == null ? "no" : String.valueOf(answers.size())) + " answers to " + slice.size()
                    + " requests");
        }
        for (int i = 0; i < slice.size(); i++) {
            var answer = answers.get(i);
            var problem = PlacementCheck.problem(slice.get(i), answer, loads);
            if (problem.isPresent()) {
                return problem;
            }
            if (answer instanceof Placement.Chosen chosen) {
                loads.take(chosen.chunks(), slice.get(i).segmentBytes());
            }
            accepted.add(answer);
        }
        return Optional.empty();
    }
}
