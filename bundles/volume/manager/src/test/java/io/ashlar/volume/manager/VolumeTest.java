package io.ashlar.volume.manager;

import static io.ashlar.volume.manager.World.GIB;
import static io.ashlar.volume.manager.World.MIB;
import static io.ashlar.volume.manager.World.ok;
import static io.ashlar.volume.manager.World.refusal;
import static io.ashlar.volume.manager.World.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ashlar.base.Outcome.Kind;
import io.ashlar.base.SessionId;
import io.ashlar.base.StorageException;
import io.ashlar.volume.PoolSpec;
import io.ashlar.volume.VolumeInfo;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeTest {
    private final World world = new World();

    // ---- pools
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void aPoolIsThereAfterItWasMadeAndAfterARestart() {
        world.make("demo/a", GIB);
        world.make("demo/b", 2 * GIB);
        for (int round = 0; round < 2; round++) {
            var pool = world.manager.pools().getFirst();
            assertEquals("demo", pool.name());
            assertEquals(2, pool.volumes());
            assertEquals(3 * GIB, pool.sizeBytes());
            world.newLeader();
        }
    }

    @Test
    void aPoolWithABadNameBadReplicasUnknownPoliciesOrATakenNameIsRefused() {
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createPool(new PoolSpec("a/b", 3, "even", "thin")))
                        .kind());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createPool(new PoolSpec("", 3, "even", "thin")))
                        .kind());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createPool(new PoolSpec("p", 0, "even", "thin")))
                        .kind());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createPool(new PoolSpec("p", 6, "even", "thin")))
                        .kind());
        var placement = refusal(world.manager.createPool(new PoolSpec("p", 3, "best", "thin")));
        assertEquals("there is no placement policy 'best'", placement.what());
        assertEquals("use one of: default, even", placement.remedy());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createPool(new PoolSpec("p", 3, "even", "fat")))
                        .kind());
        assertEquals(
                Kind.ALREADY_EXISTS,
                refusal(world.manager.createPool(new PoolSpec("demo", 3, "even", "thin")))
                        .kind());
    }

    @Test
    void anEngineIsReplacedWhileTheManagerGoesOn() {
        world.policies.unbindPlacements(world.placements);
        assertThrows(
                StorageException.Unavailable.class,
                () -> world.manager.createPool(new PoolSpec("p", 3, "even", "thin")));
        assertEquals(1, world.manager.pools().size(), "what names no policy goes on");
        world.policies.bindPlacements(world.placements);
        ok(world.manager.createPool(new PoolSpec("p", 3, "even", "thin")));
    }

    // ---- making
    // ---------------------------------------------------------------------------------------------------------

    @Test
    void aVolumeTakesFromItsPoolWhatIsNotSaid() {
        var made = world.make("demo/disk0", 4 * GIB);
        assertEquals(new VolumeInfo(made.id(), "demo/disk0", 4 * GIB, 3, "even", "thin", 16, 0, List.of()), made);
        assertEquals(made, ok(world.manager.volume("demo/disk0")));
        assertEquals(List.of(made), ok(world.manager.volumes("")));
        assertEquals(List.of(made), ok(world.manager.volumes("demo")));
        var lid = ok(world.manager.map(made.id())).lids().getFirst();
        assertEquals(3, world.extents.specOf(lid).replicas());
        assertEquals(made.id(), world.extents.specOf(lid).volumeId());
    }

    @Test
    void aVolumeIsWhatWasAskedFor() {
        var made = ok(world.manager.createVolume(spec("demo/t", GIB, 2, "default", "thick")));
        assertEquals(2, made.replicas());
        assertEquals("default", made.placement());
        assertEquals("thick", made.provision());
        assertEquals(4, made.placedExtents());
    }

    @Test
    void theMapSurvivesARestartAlsoWhenItHasManyRows() {
        int extents = Rows.LIDS_PER_ROW * 2 + 1;
        var made = world.make("demo/big", extents * 256L * MIB);
        assertEquals(extents, made.extents());
        var map = ok(world.manager.map(made.id()));
        assertEquals(extents, map.lids().stream().distinct().count());
        world.newLeader();
        assertEquals(map, ok(world.manager.map(made.id())));
        assertEquals(3, world.store.rows(Rows.VTABLE));
    }

    @Test
    void theLargestVolumeIsMadeAndAlargerOneIsNot() {
        assertEquals(262_144, world.make("demo/huge", VolumeInfo.MAX_SIZE_BYTES).extents());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createVolume(spec("demo/x", VolumeInfo.MAX_SIZE_BYTES + 4096)))
                        .kind());
    }

    @Test
    void badSizesAreRefusedWithTheNearestRightOne() {
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createVolume(spec("demo/x", 0))).kind());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createVolume(spec("demo/x", -4096))).kind());
        var odd = refusal(world.manager.createVolume(spec("demo/x", 10_000)));
        assertEquals("the size 10000 is not a multiple of 4096 bytes", odd.what());
        assertEquals("use 12288 bytes", odd.remedy());
        assertEquals(0, world.extents.count());
    }

    @Test
    void badNamesAreRefusedInWordsThatAreSafeToPrint() {
        for (var name : List.of(
                "", "disk", "demo/", "/disk", "demo/a/b", "demo/a b", "demo/\u001b[2Jx", "de\u0000mo/x", "demo/.x")) {
            var refused = refusal(world.manager.createVolume(spec(name, GIB)));
            assertEquals(Kind.INVALID, refused.kind(), name);
            assertTrue(refused.what().chars().allMatch(c -> c >= ' ' && c <= '~'), refused.what());
            assertEquals(Kind.INVALID, refusal(world.manager.volume(name)).kind());
        }
        var tooLong = refusal(world.manager.createVolume(spec("demo/" + "x".repeat(300), GIB)));
        assertEquals("volume: the name has 300 characters", tooLong.what());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.createVolume(spec(null, GIB))).kind());
    }

    @Test
    void unknownPoolsAndVolumesAreNamed() {
        assertEquals(
                "pool nope does not exist",
                refusal(world.manager.createVolume(spec("nope/x", GIB))).what());
        assertEquals(Kind.NOT_FOUND, refusal(world.manager.volumes("nope")).kind());
        assertEquals(
                "volume demo/x does not exist",
                refusal(world.manager.volume("demo/x")).what());
        assertEquals(Kind.NOT_FOUND, refusal(world.manager.delete("demo/x")).kind());
        assertEquals(
                Kind.NOT_FOUND,
                refusal(world.manager.resize("demo/x", GIB, true)).kind());
        assertEquals(Kind.NOT_FOUND, refusal(world.manager.map(99)).kind());
    }

    @Test
    void aTakenNameIsRefused() {
        world.make("demo/x", GIB);
        assertEquals(
                Kind.ALREADY_EXISTS,
                refusal(world.manager.createVolume(spec("demo/x", GIB))).kind());
        world.extents.duringCreate = () -> {
            world.extents.duringCreate = () -> {};
            assertEquals(
                    Kind.IN_USE,
                    refusal(world.manager.createVolume(spec("demo/y", GIB))).kind());
        };
        world.make("demo/y", GIB);
        assertEquals(8, world.extents.count());
    }

    @Test
    void thickBeyondCapacityTellsWhatIsFreeAndLeavesNothing() {
        world.extents.capacity = 3;
        var refused = refusal(world.manager.createVolume(spec("demo/fat", GIB, 3, "even", "thick")));
        assertEquals(Kind.NO_SPACE, refused.kind());
        assertEquals("volume demo/fat cannot be made: it needs much; 512 MiB are free on 3 chunks", refused.what());
        assertNothingLeft();
        assertEquals(Kind.NOT_FOUND, refusal(world.manager.volume("demo/fat")).kind());
    }

    @Test
    void moreReplicasThanNodesAreAllowedDownToTwoNodes() {
        world.chunks.nodes = 2;
        world.make("demo/a", GIB);
        world.chunks.nodes = 1;
        var refused = refusal(world.manager.createVolume(spec("demo/b", GIB)));
        assertEquals(Kind.INVALID, refused.kind());
        assertEquals("3 replicas need at least 2 nodes, and there is 1", refused.what());
        ok(world.manager.createVolume(spec("demo/b", GIB, 1, "even", "thin")));
        world.chunks.nodes = 0;
        assertEquals(
                Kind.UNAVAILABLE,
                refusal(world.manager.createVolume(spec("demo/c", GIB))).kind());
    }

    // ---- opening
    // --------------------------------------------------------------------------------------------------------

    @Test
    void anOpenVolumeIsNotDeletedUntilItWasClosedAsOftenAsOpened() {
        var id = world.make("demo/x", GIB).id();
        var session = world.extents.session();
        assertEquals(
                4,
                ok(world.manager.open("demo/x", session, "nbd 10.0.0.7:4711"))
                        .lids()
                        .size());
        ok(world.manager.open("demo/x", session, "nbd 10.0.0.7:4711"));
        assertEquals(
                List.of("nbd 10.0.0.7:4711"), ok(world.manager.volume("demo/x")).openBy());
        var refused = refusal(world.manager.delete("demo/x"));
        assertEquals(Kind.IN_USE, refused.kind());
        assertTrue(refused.what().contains("nbd 10.0.0.7:4711"));

        world.manager.close(id, session, "nbd 10.0.0.7:4711");
        assertEquals(Kind.IN_USE, refusal(world.manager.delete("demo/x")).kind());
        world.manager.close(id, session, "nbd 10.0.0.7:4711");
        world.manager.close(id, session, "nbd 10.0.0.7:4711");
        world.manager.close(77, session, "nobody");
        ok(world.manager.delete("demo/x"));
    }

    @Test
    void opensEndWithTheirSession() {
        world.make("demo/x", GIB);
        var session = world.extents.session();
        ok(world.manager.open("demo/x", session, "c"));
        world.extents.over(session);
        assertEquals(List.of(), ok(world.manager.volume("demo/x")).openBy());
        ok(world.manager.open("demo/x", world.extents.session(), "d"));
        assertEquals(1, world.store.rows(Rows.OPENS), "rows of sessions that are over are forgotten");
        assertEquals(
                Kind.UNAVAILABLE,
                refusal(world.manager.open("demo/x", session, "c")).kind());
    }

    @Test
    void aNewLeaderKnowsWhatIsOpen() {
        world.make("demo/x", GIB);
        ok(world.manager.open("demo/x", world.extents.session(), "c"));
        world.newLeader();
        assertEquals(Kind.IN_USE, refusal(world.manager.delete("demo/x")).kind());
    }

    @Test
    void whatIsNotThereCannotBeOpened() {
        assertEquals(
                Kind.NOT_FOUND,
                refusal(world.manager.open("demo/no", world.extents.session(), "c"))
                        .kind());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.open("no", world.extents.session(), "c")).kind());
        world.make("demo/x", GIB);
        assertEquals(
                Kind.UNAVAILABLE,
                refusal(world.manager.open("demo/x", SessionId.random(), "c")).kind());
    }

    // ---- resizing
    // -------------------------------------------------------------------------------------------------------

    @Test
    void aVolumeGrowsWhileItIsOpenAndKeepsItsExtents() {
        var made = world.make("demo/x", 300 * MIB);
        var before = ok(world.manager.open("demo/x", world.extents.session(), "c"));
        assertEquals(
                512 * MIB, ok(world.manager.resize("demo/x", 512 * MIB, false)).sizeBytes());
        assertEquals(before.lids(), ok(world.manager.map(made.id())).lids());
        var grown = ok(world.manager.resize("demo/x", GIB + 4096, false));
        assertEquals(5, grown.extents());
        var after = ok(world.manager.map(made.id()));
        assertEquals(before.lids(), after.lids().subList(0, 2));
        assertEquals(5, after.lids().stream().distinct().count());
        assertEquals(GIB + 4096, after.sizeBytes());
        world.newLeader();
        assertEquals(after, ok(world.manager.map(made.id())));
        assertEquals(0, world.store.rows(Rows.INTENTS));
    }

    @Test
    void growingAcrossRowsOfTheMapKeepsTheirOrder() {
        var made = world.make("demo/x", (Rows.LIDS_PER_ROW - 1) * 256L * MIB);
        var before = ok(world.manager.map(made.id())).lids();
        ok(world.manager.resize("demo/x", (Rows.LIDS_PER_ROW + 2) * 256L * MIB, false));
        var after = ok(world.manager.map(made.id())).lids();
        assertEquals(before, after.subList(0, before.size()));
        assertEquals(Rows.LIDS_PER_ROW + 2, after.stream().distinct().count());
    }

    @Test
    void aVolumeShrinksOnlyWhenAskedToAndClosedAndByWholeExtents() {
        var made = world.make("demo/x", GIB + 8192);
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.resize("demo/x", 512 * MIB, false)).kind());
        var session = world.extents.session();
        ok(world.manager.open("demo/x", session, "c"));
        assertEquals(
                Kind.IN_USE,
                refusal(world.manager.resize("demo/x", 512 * MIB, true)).kind());
        world.manager.close(made.id(), session, "c");
        assertEquals(
                "use 536870912 bytes",
                refusal(world.manager.resize("demo/x", 500 * MIB, true)).remedy());
        assertEquals(
                "use " + (GIB + 8192) + " bytes",
                refusal(world.manager.resize("demo/x", GIB + 4096, true)).remedy(),
                "nothing can be shrunk away of a part of an extent");
        assertEquals(4, ok(world.manager.resize("demo/x", GIB, true)).extents());
    }

    @Test
    void whatIsShrunkAwayIsDeletedAndGrowingAgainBringsNewExtents() {
        var made = world.make("demo/x", GIB);
        var lids = ok(world.manager.map(made.id())).lids();
        assertEquals(2, ok(world.manager.resize("demo/x", 512 * MIB, true)).extents());
        assertEquals(2, world.extents.count());
        ok(world.manager.resize("demo/x", GIB, false));
        var again = ok(world.manager.map(made.id())).lids();
        assertEquals(lids.subList(0, 2), again.subList(0, 2));
        assertFalse(again.contains(lids.get(3)), "old bytes do not come back");
        assertEquals(4, again.size());
    }

    @Test
    void growingBeyondTheCapacityIsRefusedAndChangesNothing() {
        ok(world.manager.createVolume(spec("demo/t", GIB, 3, "even", "thick")));
        world.extents.capacity = 6;
        assertEquals(
                Kind.NO_SPACE,
                refusal(world.manager.resize("demo/t", 2 * GIB, false)).kind());
        assertEquals(GIB, ok(world.manager.volume("demo/t")).sizeBytes());
        assertEquals(4, world.extents.count());
        assertEquals(0, world.store.rows(Rows.INTENTS));
    }

    @Test
    void theSameSizeIsNoChange() {
        world.make("demo/x", GIB);
        assertEquals(GIB, ok(world.manager.resize("demo/x", GIB, false)).sizeBytes());
        assertEquals(
                Kind.INVALID,
                refusal(world.manager.resize("demo/x", 5000, true)).kind());
        assertEquals(
                Kind.INVALID, refusal(world.manager.resize("demo/x", 0, true)).kind());
    }

    // ---- deleting
    // -------------------------------------------------------------------------------------------------------

    @Test
    void aDeletedVolumeLeavesNothingAndItsNameIsFree() {
        var made = world.make("demo/x", GIB);
        assertEquals(made, ok(world.manager.delete("demo/x")));
        assertNothingLeft();
        assertEquals(0, world.store.rows(Rows.VOLUMES));
        assertTrue(world.make("demo/x", GIB).id() > made.id());
    }

    @Test
    void aDeletionThatCouldNotBeFinishedIsFinishedLater() {
        world.make("demo/x", GIB);
        world.extents.trouble = FakeExtents.Trouble.DELETE_THROWS;
        ok(world.manager.delete("demo/x"));
        assertEquals(Kind.NOT_FOUND, refusal(world.manager.volume("demo/x")).kind());
        assertEquals(4, world.extents.count());
        world.newLeader();
        assertEquals(Kind.NOT_FOUND, refusal(world.manager.volume("demo/x")).kind());
        world.extents.trouble = FakeExtents.Trouble.NONE;
        world.newLeader();
        assertNothingLeft();
    }

    // ---- leadership
    // -----------------------------------------------------------------------------------------------------

    @Test
    void aDeposedLeaderShowsNothingAndChangesNothing() {
        world.make("demo/x", GIB);
        var old = world.manager;
        world.newLeader();
        assertThrows(StorageException.StaleEpoch.class, () -> old.delete("demo/x"));
        world.valid = false;
        assertThrows(StorageException.StaleEpoch.class, () -> old.volume("demo/x"));
        assertThrows(StorageException.StaleEpoch.class, () -> old.pools());
        world.valid = true;
        assertEquals(4, ok(world.manager.volume("demo/x")).extents());
    }

    private void assertNothingLeft() {
        assertEquals(0, world.extents.count());
        assertEquals(0, world.store.rows(Rows.INTENTS));
        assertEquals(0, world.store.rows(Rows.VTABLE));
        assertEquals(0, world.store.rows(Rows.OPENS));
    }
}
