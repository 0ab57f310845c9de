package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.SECTOR;

import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// What one segment must hold: every change that was sent, in the order of its generations, and how many were
/// acknowledged. After a crash the segment's generation tells how many of them it has, and it must have the bytes of
/// exactly those.
final class CrashModel {
    /// Offsets are below this: a few blocks that are used again and again.
    static final int SPAN_BYTES = 4 * Rig.BLOCK;
    private static final int SECTORS = SPAN_BYTES / SECTOR;
    private static final int MAX_SECTORS = 12;
    private static final int HISTORIES = 12;

    final Pid pid;
    private final List<Change> sent = new ArrayList<>();
    private final List<CompletableFuture<WriteResult>> answers = new ArrayList<>();
    private long epoch;
    private long epochAcknowledged;
    private long acknowledged;
    private boolean mayBeDropped;
    private boolean dropped;
    /// Generations that the segment has had, ascending, and such that it never had or has lost.
    private final List<Generation> had = new ArrayList<>(List.of(Generation.ZERO));

    private final List<Generation> never = new ArrayList<>();

    private record Change(SegmentWrite.Kind kind, int offset, int length, long seed) {}

    CrashModel(Pid pid) {
        this.pid = pid;
    }

    boolean dropped() {
        return mayBeDropped;
    }

    /// Has the segment dropped. Whether a drop that was not acknowledged happened shows later.
    void drop(Rig rig) {
        settle(0);
        mayBeDropped = true;
        dropped = Rig.<Boolean>await(c -> rig.engine.drop(pid, c));
    }

    /// Fences and stamps under the next epoch, and checks that no acknowledged change is missing.
    void take(Rig rig) {
        long next = Math.max(epoch, epochAcknowledged) + 1;
        epoch = next;
        var state = rig.fenced(pid, next);
        check(state.complete(), "incomplete");
        if (mayBeDropped && (dropped || state.generation().equals(Generation.ZERO))) {
            check(state.generation().equals(Generation.ZERO), "dropped, but it is back at " + state.generation());
            sent.clear();
            acknowledged = 0;
            never.addAll(had.subList(1, had.size()));
            had.subList(1, had.size()).clear();
        }
        mayBeDropped = false;
        dropped = false;
        long counter = state.generation().counter();
        check(counter >= acknowledged, "generation " + state.generation() + ", acknowledged " + acknowledged);
        check(counter <= sent.size(), "generation " + state.generation() + ", sent only " + sent.size());
        sent.subList((int) counter, sent.size()).clear();
        acknowledged = counter;
        while (had.getLast().compareTo(state.generation()) > 0) {
            never.add(had.removeLast());
        }
        check(!never.contains(state.generation()), "at " + state.generation() + ", where it cannot be");
        remember(state.generation());
        var stamped = rig.stamp(pid, next, state.generation());
        check(stamped instanceof WriteResult.Applied, "stamp: " + stamped);
        epochAcknowledged = next;
        remember(state.generation().stamped(Rig.epoch(next)));
        answers.clear();
    }

    private void remember(Generation generation) {
        if (!had.getLast().equals(generation)) {
            had.add(generation);
        }
    }

    /// Several changes in one step, each in a block of its own.
    void advance(Rig rig, Random random) {
        settle(0);
        var from = new Generation(Rig.epoch(epoch), sent.size());
        if (!had.getLast().equals(from)) {
            return; // the last stamp was not answered
        }
        var patches = new ArrayList<SegmentPatch>();
        var data = new ByteArrayOutputStream();
        for (int block = 0; block < SPAN_BYTES / Rig.BLOCK; block++) {
            var kind = SegmentWrite.Kind.values()[random.nextInt(3)];
            boolean whole = kind != SegmentWrite.Kind.DATA && random.nextBoolean();
            int length = whole ? Rig.BLOCK : (1 + random.nextInt(MAX_SECTORS)) * SECTOR;
            var change = new Change(kind, block * Rig.BLOCK, length, random.nextLong());
            patches.add(new SegmentPatch(kind, change.offset, length));
            if (kind == SegmentWrite.Kind.DATA) {
                data.writeBytes(Rig.pattern(change.seed, length));
            }
            sent.add(change);
        }
        var target = new Generation(from.epoch(), sent.size());
        for (long between = from.counter() + 1; between < target.counter(); between++) {
            never.add(new Generation(from.epoch(), between));
        }
        had.add(target);
        var advance = new SegmentAdvance(pid, from.epoch(), from, target, patches);
        answers.add(Delta.send(rig, advance, data.toByteArray()));
    }

    void sendOne(Rig rig, Random random, int directBytes) {
        var kind = switch (random.nextInt(10)) {
            case 0 -> SegmentWrite.Kind.ZERO;
            case 1, 2 -> SegmentWrite.Kind.DISCARD;
            default -> SegmentWrite.Kind.DATA;
        };
        boolean blocks = random.nextInt(8) == 0;
        int unit = blocks ? Rig.BLOCK / SECTOR : 1;
        int length = blocks ? 1 : 1 + random.nextInt(MAX_SECTORS);
        int first = random.nextInt(SECTORS / unit - length + 1);
        boolean tooLong = kind == SegmentWrite.Kind.DATA && length * unit * SECTOR > directBytes;
        var change = tooLong
                ? new Change(kind, first * unit * SECTOR, SECTOR, random.nextLong())
                : new Change(kind, first * unit * SECTOR, length * unit * SECTOR, random.nextLong());
        sent.add(change);
        var generation = new Generation(Rig.epoch(epoch), sent.size());
        had.add(generation);
        answers.add(
                kind == SegmentWrite.Kind.DATA
                        ? rig.send(pid, generation, change.offset, Rig.pattern(change.seed, change.length))
                        : rig.send(pid, generation, kind, change.offset, change.length));
    }

    /// Waits until no more than so many are unanswered.
    void settle(int unanswered) {
        while (answers.size() > unanswered) {
            var result = Rig.await(answers.removeFirst());
            if (result instanceof WriteResult.Applied(var generation)) {
                acknowledged = Math.max(acknowledged, generation.counter());
            } else {
                check(result instanceof WriteResult.Failed, "answer " + result);
            }
        }
    }

    /// Compares every sector that may have been touched.
    void verify(Rig rig) {
        var expected = new byte[SPAN_BYTES];
        apply(0, sent.size(), expected);
        var found = rig.bytes(pid, epoch, 0, SPAN_BYTES);
        int different = Arrays.mismatch(expected, found);
        check(
                different < 0,
                "byte " + different + " differs at generation " + sent.size() + "; sector " + different / SECTOR);
        verifyHistory(rig, found);
    }

    /// From each of the last generations, what is told leads to what is there now; and nothing is told from those that
    /// the segment did not have.
    private void verifyHistory(Rig rig, byte[] now) {
        var content = new byte[SPAN_BYTES];
        int counter = 0;
        for (var since : had.subList(Math.max(0, had.size() - HISTORIES), had.size())) {
            apply(counter, (int) since.counter(), content);
            counter = (int) since.counter();
            var told = content.clone();
            for (var patch : Delta.known(rig, pid, epoch, since)) {
                int end = patch.offsetBytes() + patch.lengthBytes();
                if (patch.kind() == SegmentWrite.Kind.DATA) {
                    System.arraycopy(now, patch.offsetBytes(), told, patch.offsetBytes(), patch.lengthBytes());
                } else {
                    Arrays.fill(told, patch.offsetBytes(), end, (byte) 0);
                }
            }
            check(Arrays.equals(told, now), "its history since " + since + " does not lead to what is there");
        }
        for (var since : never.subList(Math.max(0, never.size() - HISTORIES), never.size())) {
            var told = Delta.history(rig, pid, epoch, since);
            check(told instanceof HistoryResult.Unknown, "it was never at " + since + ", but tells " + told);
        }
    }

    /// Does to the content what the changes behind counter `from` did, up to `to`.
    private void apply(int from, int to, byte[] content) {
        for (var change : sent.subList(from, to)) {
            if (change.kind == SegmentWrite.Kind.DATA) {
                System.arraycopy(Rig.pattern(change.seed, change.length), 0, content, change.offset, change.length);
            } else {
                Arrays.fill(content, change.offset, change.offset + change.length, (byte) 0);
            }
        }
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("segment " + pid + ": " + what);
        }
    }
}
