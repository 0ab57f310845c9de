package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.SECTOR;

import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
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

    final Pid pid;
    private final List<Change> sent = new ArrayList<>();
    private final List<CompletableFuture<WriteResult>> answers = new ArrayList<>();
    private long epoch;
    private long epochAcknowledged;
    private long acknowledged;
    private boolean mayBeDropped;
    private boolean dropped;

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
        }
        mayBeDropped = false;
        dropped = false;
        long counter = state.generation().counter();
        check(counter >= acknowledged, "generation " + state.generation() + ", acknowledged " + acknowledged);
        check(counter <= sent.size(), "generation " + state.generation() + ", sent only " + sent.size());
        sent.subList((int) counter, sent.size()).clear();
        acknowledged = counter;
        var stamped = rig.stamp(pid, next, state.generation());
        check(stamped instanceof WriteResult.Applied, "stamp: " + stamped);
        epochAcknowledged = next;
        answers.clear();
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
        for (var change : sent) {
            if (change.kind == SegmentWrite.Kind.DATA) {
                System.arraycopy(Rig.pattern(change.seed, change.length), 0, expected, change.offset, change.length);
            } else {
                Arrays.fill(expected, change.offset, change.offset + change.length, (byte) 0);
            }
        }
        var found = rig.bytes(pid, epoch, 0, SPAN_BYTES);
        int different = Arrays.mismatch(expected, found);
        check(
                different < 0,
                "byte " + different + " differs at generation " + sent.size() + "; sector " + different / SECTOR);
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("segment " + pid + ": " + what);
        }
    }
}
