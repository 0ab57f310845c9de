package io.ashlar.extent.manager;

import static io.ashlar.extent.manager.World.LEASE_MILLIS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.extent.ChangeResult;
import io.ashlar.extent.LeaseResult;
import io.ashlar.extent.PlacedExtent;
import io.ashlar.meta.memory.MemoryMetaStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Seeded histories of sessions that pause, die, come back and outlive their leaders, each with its own view of the
/// time.
///
/// Checked at every step: no two sessions believe by their own clocks that they hold one extent; epochs of an extent
/// only grow; a confirmed change was made by the highest epoch and leaves a segment.
class LeaseSimulationTest {
    private static final int SEEDS = 300;
    private static final int STEPS = 120;

    @Test
    void noTwoSessionsEverHoldOneExtent() {
        for (int seed = 0; seed < SEEDS; seed++) {
            new Run(seed).go();
        }
    }

    private record Belief(LeaseEpoch epoch, PlacedExtent place) {}

    /// One access point: its lease ends by its own clock, counted from when it sent.
    private static final class Access {
        final int number;
        int process;
        SessionId session;
        long endsNanos;
        final Map<Lid, Belief> beliefs = new HashMap<>();

        Access(int number) {
            this.number = number;
        }
    }

    private static final class Run {
        private final int seed;
        private final Random random;
        private final World world = new World();
        private final List<Lid> lids = world.thin(3);
        private final List<Access> accesses = new ArrayList<>();
        private final Map<Lid, LeaseEpoch> highest = new HashMap<>();
        private int processes = 10;

        Run(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                accesses.add(opened(new Access(i)));
            }
        }

        void go() {
            for (int step = 0; step < STEPS; step++) {
                var access = accesses.get(random.nextInt(accesses.size()));
                try {
                    act(access);
                } catch (StorageException e) {
                    access.beliefs.clear(); // the outcome is unknown: the access point takes nothing for granted
                }
                world.pass(random.nextInt(4) == 0 ? random.nextInt((int) LEASE_MILLIS) : random.nextInt(700));
                check(step);
            }
        }

        private void act(Access access) {
            switch (random.nextInt(12)) {
                case 0, 1 -> renew(access);
                case 2, 3, 4 -> acquire(access, random.nextBoolean());
                case 5 -> release(access);
                case 6, 7 -> change(access);
                case 8 -> die(access);
                case 9 -> world.manager.tick();
                case 10 -> nextLeader();
                default -> freshEpoch(access);
            }
        }

        private Access opened(Access access) {
            long sent = world.nowNanos();
            world.pass(random.nextInt(200));
            access.session = SessionId.random();
            access.beliefs.clear();
            access.process = ++processes;
            World.ok(world.manager.openSession(access.session, "n" + access.number, World.process(access.process)));
            access.endsNanos = sent + TimeUnit.MILLISECONDS.toNanos(LEASE_MILLIS);
            return access;
        }

        private void renew(Access access) {
            long sent = world.nowNanos();
            world.pass(random.nextInt(200));
            switch (world.manager.renewSession(access.session)) {
                case Outcome.Ok<Long> ok -> access.endsNanos = sent + TimeUnit.MILLISECONDS.toNanos(ok.value());
                case Outcome.Refused<Long> over -> {
                    if (random.nextBoolean()) {
                        world.manager.closeSession(access.session);
                    }
                    opened(access);
                }
            }
        }

        private void acquire(Access access, boolean toWrite) {
            var lid = lids.get(random.nextInt(lids.size()));
            take(access, lid, world.manager.acquire(access.session, lid, toWrite));
        }

        private void freshEpoch(Access access) {
            for (var lid : List.copyOf(access.beliefs.keySet())) {
                var belief = access.beliefs.remove(lid);
                take(access, lid, world.manager.renewEpoch(access.session, lid, belief.epoch));
            }
        }

        private void take(Access access, Lid lid, LeaseResult result) {
            if (result instanceof LeaseResult.Granted granted) {
                var before = highest.getOrDefault(lid, LeaseEpoch.NONE);
                boolean known = access.beliefs.containsKey(lid)
                        && access.beliefs.get(lid).epoch.equals(granted.epoch());
                assertTrue(
                        granted.epoch().compareTo(before) > 0
                                || known
                                || granted.epoch().equals(before),
                        "seed " + seed + ": " + granted.epoch() + " after " + before);
                highest.put(lid, granted.epoch());
                access.beliefs.put(
                        lid, new Belief(granted.epoch(), granted.placed().orElse(null)));
            }
        }

        private void release(Access access) {
            for (var lid : List.copyOf(access.beliefs.keySet())) {
                var belief = access.beliefs.remove(lid);
                world.manager.release(access.session, lid, belief.epoch);
            }
        }

        private void change(Access access) {
            for (var entry : List.copyOf(access.beliefs.entrySet())) {
                var belief = entry.getValue();
                if (belief.place == null) {
                    continue;
                }
                var place = belief.place;
                failingSometimes();
                long counter = place.floor().counter() + random.nextInt(3);
                var result = random.nextBoolean()
                        ? world.manager.synced(
                                place.pid(),
                                belief.epoch,
                                place.locationVersion(),
                                new Generation(belief.epoch, counter),
                                Set.copyOf(place.location()))
                        : world.manager.removeSegments(
                                place.pid(),
                                belief.epoch,
                                place.locationVersion(),
                                new Generation(belief.epoch, counter),
                                Set.of(place.location().getLast()));
                world.store.heal();
                judge(access, entry.getKey(), belief, result);
            }
            world.store.heal();
        }

        private void failingSometimes() {
            if (random.nextInt(8) == 0) {
                world.store.fail(
                        random.nextBoolean() ? MemoryMetaStore.Failure.BEFORE : MemoryMetaStore.Failure.AFTER,
                        batch -> true);
            }
        }

        private void judge(Access access, Lid lid, Belief belief, ChangeResult result) {
            switch (result) {
                case ChangeResult.Changed(var now) -> {
                    assertTrue(belief.epoch.equals(highest.get(lid)), "seed " + seed + ": changed by a lower epoch");
                    assertTrue(!now.location().isEmpty() && now.floor().compareTo(belief.place.floor()) >= 0);
                    access.beliefs.put(lid, new Belief(belief.epoch, now));
                }
                case ChangeResult.Fenced _, ChangeResult.Unknown _, ChangeResult.StaleVersion _ ->
                    access.beliefs.remove(lid);
                case ChangeResult.Forbidden _ -> {}
            }
        }

        /// kill -9: what it believed dies with it, and sometimes that can be proven.
        private void die(Access access) {
            if (random.nextBoolean()) {
                world.gone.add(World.process(access.process));
            }
            opened(access);
        }

        private void nextLeader() {
            if (random.nextInt(4) > 0) {
                return;
            }
            world.store.heal();
            world.term.valid = false;
            world.newLeader();
        }

        private void check(int step) {
            for (var lid : lids) {
                long believers = accesses.stream()
                        .filter(access -> access.beliefs.containsKey(lid) && world.nowNanos() < access.endsNanos)
                        .count();
                assertTrue(believers <= 1, "seed " + seed + ", step " + step + ": " + believers + " owners of " + lid);
            }
        }
    }
}
