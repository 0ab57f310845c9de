package io.ashlar.alloc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.alloc.ClusterView;
import io.ashlar.alloc.ClusterView.Chunk;
import io.ashlar.alloc.Placement;
import io.ashlar.alloc.PlacementDecision;
import io.ashlar.alloc.PlacementPolicy;
import io.ashlar.alloc.PlacementRequest;
import io.ashlar.alloc.PolicyInfo;
import io.ashlar.base.ChunkId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlacementPoliciesTest {
    private static final PlacementRequest REQUEST = new PlacementRequest(3, 2, 10, Optional.empty());

    private final PlacementPolicies engine = new PlacementPolicies(50, 3);
    private final ClusterView view = view(5);

    private static ClusterView view(int count) {
        var chunks = new ArrayList<Chunk>();
        for (int i = 1; i <= count; i++) {
            chunks.add(new Chunk(new ChunkId(i), "", "", "", "n" + i, true, false, 100, i));
        }
        return new ClusterView(1, chunks);
    }

    /// Answers rightly until told otherwise, so that it passes its trial: the fullest chunks, which the default would
    /// not choose.
    private static final class Turncoat implements PlacementPolicy {
        volatile PlacementPolicy turned;
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public List<Placement> place(List<PlacementRequest> batch, ClusterView view) {
            calls.incrementAndGet();
            return turned == null ? good(batch, view) : turned.place(batch, view);
        }

        static List<Placement> good(List<PlacementRequest> batch, ClusterView view) {
            var last = view.chunks()
                    .subList(view.chunks().size() - 3, view.chunks().size());
            var chosen = new Placement.Chosen(last.stream().map(Chunk::id).toList(), "the last three");
            return Collections.nCopies(batch.size(), chosen);
        }
    }

    @AfterEach
    void stop() {
        engine.stop();
    }

    private Registered<PlacementPolicy> bind(String name, String version, PlacementPolicy policy) {
        return bind(name, version, 0, policy);
    }

    private Registered<PlacementPolicy> bind(String name, String version, int ranking, PlacementPolicy policy) {
        var reference = new Registered<PlacementPolicy>(PlacementPolicy.NAME, name, version, ranking);
        engine.bindPolicy(reference, policy);
        return reference;
    }

    private PlacementDecision decide(String name) {
        return engine.place(name, List.of(REQUEST), view).getFirst();
    }

    private static List<Integer> chunks(PlacementDecision decision) {
        return assertInstanceOf(Placement.Chosen.class, decision.placement()).chunks().stream()
                .map(ChunkId::value)
                .toList();
    }

    private PolicyInfo info(String name, String version) {
        return engine.policies().stream()
                .filter(info -> info.name().equals(name) && info.version().equals(version))
                .findFirst()
                .orElseThrow();
    }

    private static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void aCallerNeverSeesNoPolicy() {
        var decision = decide("absent");
        assertEquals(List.of(1, 2, 3), chunks(decision));
        assertEquals("default", decision.policy());
        assertEquals("policy absent is not here", decision.note());
        assertEquals("", decide("default").note());
    }

    @Test
    void theNewestVersionServesAndTheOneBeforeItWhenItLeaves() {
        var old = bind("even", "1.0.0", Turncoat::good);
        var young = bind("even", "1.2.0", Turncoat::good);
        bind("even", "1.1.0", Turncoat::good);
        assertEquals("even/1.2.0", decide("even").policy());
        assertEquals(List.of(3, 4, 5), chunks(decide("even")));
        engine.unbindPolicy(young);
        assertEquals("even/1.1.0", decide("even").policy());
        engine.unbindPolicy(old);
        assertEquals("even/1.1.0", decide("even").policy(), "a removal takes out only the instance that left");
        assertEquals(
                List.of("default", "even"),
                engine.policies().stream().map(PolicyInfo::name).toList());
    }

    @Test
    void ofEqualVersionsTheHigherRankingServes() {
        bind("even", "1.0.0", -1, (batch, seen) -> Turncoat.good(batch, seen));
        bind(
                "even",
                "1.0.0",
                0,
                (batch, seen) -> Turncoat.good(batch, seen).stream()
                        .map(answer ->
                                (Placement) new Placement.Chosen(((Placement.Chosen) answer).chunks(), "configured"))
                        .toList());
        assertEquals("configured", ((Placement.Chosen) decide("even").placement()).why());
    }

    @Test
    void servicesWithoutAUsableNameAreNotTaken() {
        for (Object name : Arrays.<Object>asList(null, 7, "", "a/b", "default")) {
            var reference = new Registered<PlacementPolicy>(PlacementPolicy.NAME, name, "1.0.0", 0);
            engine.bindPolicy(reference, Turncoat::good);
        }
        assertEquals(
                List.of("default"),
                engine.policies().stream().map(PolicyInfo::name).toList());
        assertEquals(List.of(1, 2, 3), chunks(decide("default")));
    }

    @Test
    void eachWayOfBeingWrongIsReplacedByTheDefaultAndRecorded() {
        var wrong = List.<PlacementPolicy>of(
                (batch, seen) -> null,
                (batch, seen) -> List.of(),
                (batch, seen) -> Arrays.asList((Placement) null),
                (batch, seen) -> List.of(chosen(1, 2, 99)),
                (batch, seen) -> List.of(chosen(1, 1, 2)),
                (batch, seen) -> List.of(chosen(1)),
                (batch, seen) -> List.of(chosen(1, 2)),
                (batch, seen) -> List.of(chosen(1, 2, 3, 4)),
                (batch, seen) ->
                        List.of(new Placement.Chosen(List.of(new ChunkId(1), new ChunkId(2), new ChunkId(3)), " ")),
                (batch, seen) -> List.of(new Placement.Refused(Placement.Rule.HEALTH, 0, "no")),
                (batch, seen) -> List.of(new Placement.Refused(null, 0, null)),
                (batch, seen) -> {
                    throw new IllegalStateException("boom");
                },
                (batch, seen) -> {
                    throw new StackOverflowError();
                });
        for (int i = 0; i < wrong.size(); i++) {
            var policy = new Turncoat();
            bind("p" + i, "1.0.0", policy);
            policy.turned = wrong.get(i);
            var decision = decide("p" + i);
            assertEquals(List.of(1, 2, 3), chunks(decision), "policy " + i);
            assertEquals("default", decision.policy());
            assertTrue(decision.note().startsWith("policy p" + i + "/1.0.0: "), decision.note());
            assertEquals(1, info("p" + i, "1.0.0").failures());
        }
    }

    @Test
    void roomIsCountedThroughTheBatchAndTheDefaultTakesOverWhereItRanOut() {
        bind("greedy", "1.0.0", Turncoat::good);
        var large = new PlacementRequest(3, 2, 40, Optional.empty());
        var decisions = engine.place("greedy", Collections.nCopies(3, large), view);
        assertEquals(
                List.of("greedy/1.0.0", "greedy/1.0.0", "default"),
                decisions.stream().map(PlacementDecision::policy).toList());
        assertEquals(List.of(1, 2), chunks(decisions.get(2)), "3, 4 and 5 are full by then");
        assertTrue(
                decisions.get(2).note().contains("bytes free"), decisions.get(2).note());
    }

    @Test
    void aLongBatchIsAskedInSlicesThatSeeTheLoadOfThoseBefore() {
        var policy = new Turncoat();
        bind("sliced", "1.0.0", policy);
        var seen = Collections.synchronizedList(new ArrayList<Long>());
        policy.turned = (batch, now) -> {
            seen.add(now.chunks().getLast().allocatedBytes());
            return Turncoat.good(batch, now);
        };
        var one = new PlacementRequest(3, 2, 1, Optional.empty());
        assertEquals(
                40, engine.place("sliced", Collections.nCopies(40, one), view).size());
        assertEquals(List.of(5L, 5L + GuardedPlacement.SLICE, 5L + 2 * GuardedPlacement.SLICE), seen);
        assertEquals(40, info("sliced", "1.0.0").decisions());
    }

    @Test
    void afterThreeFailuresAPolicyIsQuarantinedAndTheVersionBeforeItServes() {
        bind("even", "1.0.0", Turncoat::good);
        var bad = new Turncoat();
        var reference = bind("even", "2.0.0", bad);
        bad.turned = (batch, seen) -> List.of();
        for (int i = 0; i < 3; i++) {
            assertEquals("default", decide("even").policy());
        }
        int calls = bad.calls.get();
        assertEquals("even/1.0.0", decide("even").policy());
        assertEquals(calls, bad.calls.get(), "it is not asked any more");
        assertTrue(info("even", "2.0.0").quarantined().startsWith("failed 3 times"));
        assertEquals(false, info("even", "2.0.0").serving());
        assertEquals(true, info("even", "1.0.0").serving());

        engine.unbindPolicy(reference);
        bind("even", "2.0.0", Turncoat::good);
        assertEquals("even/2.0.0", decide("even").policy(), "installed anew it has a clean record");
    }

    @Test
    void aThousandGoodCallsForgiveAFailure() {
        var instance = new PolicyInstance<>("p", org.osgi.framework.Version.emptyVersion, 0, 1, "policy", 3);
        instance.failed("a");
        instance.failed("b");
        for (int i = 0; i < PolicyInstance.FORGIVEN_AFTER; i++) {
            instance.good(1);
        }
        instance.failed("c");
        assertTrue(instance.eligible());
        instance.failed("d");
        assertTrue(instance.failed("e"));
        assertTrue(!instance.eligible());
    }

    @Test
    void aLatePolicyIsGivenUpAndItsThreadReplaced() {
        var late = new Turncoat();
        bind("late", "1.0.0", late);
        var forever = new CountDownLatch(1);
        late.turned = (batch, seen) -> {
            try {
                forever.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Turncoat.good(batch, seen);
        };
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            var decision = decide("late");
            assertEquals("default", decision.policy());
            assertTrue(decision.note().contains("no answer within 50 ms"), decision.note());
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
        }
        assertTrue(decide("late").note().contains("quarantined"), decide("late").note());
        bind("good", "1.0.0", Turncoat::good);
        assertEquals("good/1.0.0", decide("good").policy(), "others are not held up");
    }

    @Test
    void aRunawayIsQuarantinedByItselfAndCountedUntilItComesBack() throws InterruptedException {
        var runaway = new Turncoat();
        bind("runaway", "1.0.0", runaway);
        var go = new AtomicInteger(1);
        runaway.turned = (batch, seen) -> {
            while (go.get() == 1) {
                Thread.onSpinWait(); // deaf to interrupts
            }
            return Turncoat.good(batch, seen);
        };
        try {
            assertEquals("default", decide("runaway").policy());
            assertEquals(1, engine.abandonedThreads());
            await(() -> !info("runaway", "1.0.0").quarantined().isEmpty(), "quarantined without being asked again");
        } finally {
            go.set(0);
        }
        await(() -> engine.abandonedThreads() == 0, "the thread is counted off when it comes back");
    }

    @Test
    void aSlowFirstCallIsTheTrialsAndNotHeldAgainstThePolicy() {
        var first = new AtomicInteger();
        bind("fresh", "1.0.0", (batch, seen) -> {
            if (first.getAndIncrement() == 0) {
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
                while (System.nanoTime() < until) {
                    Thread.onSpinWait(); // loading classes
                }
            }
            return Turncoat.good(batch, seen);
        });
        assertEquals("fresh/1.0.0", decide("fresh").policy());
        assertEquals(0, info("fresh", "1.0.0").failures());
    }

    @Test
    void aPolicyThatFailsItsTrialNeverAnswers() {
        bind("broken", "1.0.0", (batch, seen) -> List.of());
        assertTrue(
                decide("broken").note().contains("failed its trial"),
                decide("broken").note());
    }

    @Test
    void refusalIsTheAnswerWhereTheDefaultWouldRefuseToo() {
        bind(
                "even",
                "1.0.0",
                (batch, seen) -> seen.chunks().size() < 3
                        ? List.of(new Placement.Refused(Placement.Rule.HEALTH, 1, "one is not enough"))
                        : Turncoat.good(batch, seen));
        var decision = engine.place("even", List.of(REQUEST), view(1)).getFirst();
        assertEquals("even/1.0.0", decision.policy());
        assertInstanceOf(Placement.Refused.class, decision.placement());
    }

    @Test
    void afterTheStopTheDefaultStillAnswers() {
        bind("even", "1.0.0", Turncoat::good);
        engine.stop();
        assertEquals("default", decide("even").policy());
    }

    @Test
    void theDefaultsOfTheConfiguration() throws NoSuchMethodException {
        for (var config : List.of(PlacementPolicies.Config.class, ProvisionPolicies.Config.class)) {
            assertEquals(50, config.getDeclaredMethod("boundMillis").getDefaultValue());
            assertEquals(3, config.getDeclaredMethod("maxFailures").getDefaultValue());
        }
    }

    private static Placement chosen(int... ids) {
        return new Placement.Chosen(Arrays.stream(ids).mapToObj(ChunkId::new).toList(), "as told");
    }
}
