package io.ashlar.alloc.kit;

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
import java.util.function.Consumer;

/// What every placement policy promises, tried on many made-up clusters: full ones, broken ones, lopsided ones, empty
/// ones.
///
/// ```java
/// assertEquals(List.of(), PlacementContract.check(new MyPolicy()));
/// ```
public final class PlacementContract {
    /// Questions asked by [#check(PlacementPolicy)].
    public static final int QUESTIONS = 500;

    private static final int MAX_VIOLATIONS = 20;
    private static final int TIMED_CALLS = 10;
    private static final int LARGE_CLUSTER = 1000;
    private static final long MAX_NANOS_PER_DECISION = 3_000_000;

    private PlacementContract() {}

    /// @return the broken promises, at most 20; empty for a good policy
    public static List<Violation> check(PlacementPolicy policy) {
        return check(policy, 1, QUESTIONS);
    }

    /// @param firstSeed of `questions` following seeds
    public static List<Violation> check(PlacementPolicy policy, long firstSeed, int questions) {
        var violations = new ArrayList<Violation>();
        checkEdges(policy, violations);
        for (long seed = firstSeed; seed < firstSeed + questions && violations.size() < MAX_VIOLATIONS; seed++) {
            var question = Questions.placement(seed);
            long at = seed;
            checkOne(
                    policy,
                    question,
                    (rule, detail) -> violations.add(new Violation(rule, detail + "\n  in " + question, at)));
        }
        if (violations.isEmpty()) {
            checkTime(policy, violations);
        }
        return List.copyOf(violations);
    }

    /// Takes a broken promise.
    private interface Report {
        void violation(String rule, String detail);
    }

    private static void checkEdges(PlacementPolicy policy, List<Violation> violations) {
        Report report = (rule, detail) -> violations.add(new Violation(rule, detail, 0));
        var nobody = new ClusterView(1, List.of());
        checkOne(policy, new Questions.PlacementQuestion(List.of(), nobody), report);
        checkOne(policy, new Questions.PlacementQuestion(List.of(Questions.request(1, 1, 0)), nobody), report);
    }

    private static void checkOne(PlacementPolicy policy, Questions.PlacementQuestion question, Report report) {
        List<Placement> answers;
        List<Placement> again;
        try {
            answers = policy.place(question.batch(), question.view());
            again = policy.place(question.batch(), question.view());
        } catch (RuntimeException | StackOverflowError e) {
            report.violation("never throws", "threw " + e);
            return;
        }
        if (answers == null || answers.size() != question.batch().size()) {
            report.violation("one answer a request", "answered " + answers);
            return;
        }
        if (!answers.equals(again)) {
            report.violation("equal questions, equal answers", "first " + answers + ", then " + again);
            return;
        }
        var free = new HashMap<ChunkId, Long>();
        question.view().chunks().forEach(chunk -> free.put(chunk.id(), chunk.freeBytes()));
        for (int i = 0; i < answers.size(); i++) {
            var request = question.batch().get(i);
            int number = i;
            if (!checkAnswer(
                    request,
                    answers.get(i),
                    question.view(),
                    free,
                    (rule, detail) -> report.violation(rule, "request " + number + " " + request + ": " + detail))) {
                return; // what follows was chosen on top of it
            }
        }
    }

    private static boolean checkAnswer(
            PlacementRequest request, Placement answer, ClusterView view, Map<ChunkId, Long> free, Report report) {
        int reachable = reachable(request, view, free);
        var problems = new ArrayList<String>();
        switch (answer) {
            case null -> problems.add("never null: answered null");
            case Placement.Refused refused -> checkRefused(request, refused, reachable, problems::add);
            case Placement.Chosen chosen -> checkChosen(request, chosen, view, free, reachable, problems::add);
        }
        for (var problem : problems) {
            int colon = problem.indexOf(": ");
            report.violation(problem.substring(0, colon), problem.substring(colon + 2));
        }
        return problems.isEmpty();
    }

    private static void checkRefused(
            PlacementRequest request, Placement.Refused refused, int reachable, Consumer<String> problem) {
        if (refused.rule() == null
                || refused.detail() == null
                || refused.detail().isBlank()) {
            problem.accept("a refusal says why: " + refused);
        }
        if (reachable >= request.minWidth()) {
            problem.accept("refuses only when it must: " + refused + " although " + reachable + " nodes can take it");
        }
    }

    private static void checkChosen(
            PlacementRequest request,
            Placement.Chosen chosen,
            ClusterView view,
            Map<ChunkId, Long> free,
            int reachable,
            Consumer<String> problem) {
        if (chosen.why() == null || chosen.why().isBlank()) {
            problem.accept("a choice says why: " + chosen);
        }
        int size = chosen.chunks().size();
        if (size < request.minWidth() || size > request.width() || size < reachable) {
            problem.accept("as wide as the view allows: " + chosen + " where " + reachable + " nodes can take it");
        }
        var nodes = new HashSet<String>();
        for (var id : chosen.chunks()) {
            var chunk = view.chunk(id).orElse(null);
            if (chunk == null) {
                problem.accept("only chunks of the view: " + chosen);
                return;
            }
            if (!chunk.eligible()) {
                problem.accept("only eligible chunks: " + chosen);
            }
            if (!nodes.add(chunk.node())) {
                problem.accept("each on another node: " + chosen);
            }
            if (free.get(id) < request.segmentBytes()) {
                problem.accept("only where there is room, with what the batch took before: " + chosen + ", " + id
                        + " has " + free.get(id) + " left");
            }
            free.merge(id, -request.segmentBytes(), Long::sum);
        }
    }

    private static int reachable(PlacementRequest request, ClusterView view, Map<ChunkId, Long> free) {
        var nodes = new HashSet<String>();
        for (Chunk chunk : view.chunks()) {
            if (chunk.eligible() && free.get(chunk.id()) >= request.segmentBytes()) {
                nodes.add(chunk.node());
            }
        }
        return Math.min(request.width(), nodes.size());
    }

    /// The best of several calls, so that a busy machine is not taken for a slow policy.
    private static void checkTime(PlacementPolicy policy, List<Violation> violations) {
        var question = Questions.large(LARGE_CLUSTER);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < TIMED_CALLS; i++) {
            long start = System.nanoTime();
            policy.place(question.batch(), question.view());
            best = Math.min(best, System.nanoTime() - start);
        }
        long each = best / question.batch().size();
        if (each > MAX_NANOS_PER_DECISION) {
            violations.add(new Violation(
                    "in time", each / 1000 + " us a decision for " + LARGE_CLUSTER + " chunks, 3000 is the most", 0));
        }
    }
}
