package io.ashlar.store.local;

import io.ashlar.base.Generation;
import io.ashlar.base.Pid;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;

/// A process that writes to a chunk until it is killed, and tells on its output what was acknowledged. Its changes
/// follow from the segment and their number alone, so that anybody can tell what must be there after any number of
/// them.
final class KillTarget {
    static final int SEGMENTS = 3;
    static final int SPAN_BYTES = 8 * Rig.BLOCK;
    static final Settings SETTINGS = new Settings(3, 2 << 20, 0, 100, 0, 1024, 16L << 20, 256, 2, 16, 100, Rig.BLOCK);
    private static final int IN_FLIGHT = 16;

    private KillTarget() {}

    /// One change.
    record Change(SegmentWrite.Kind kind, int offset, int length, long seed) {
        static Change of(Pid pid, long number) {
            var random = new Random(pid.value() * 1_000_003 + number);
            random.nextInt();
            boolean block = random.nextInt(12) == 0;
            int unit = block ? Rig.BLOCK : Rig.SECTOR;
            int length = block ? unit : unit * (1 + random.nextInt(8));
            int offset = random.nextInt((SPAN_BYTES - length) / unit + 1) * unit;
            var kind = switch (random.nextInt(12)) {
                case 0 -> SegmentWrite.Kind.ZERO;
                case 1 -> SegmentWrite.Kind.DISCARD;
                default -> SegmentWrite.Kind.DATA;
            };
            return new Change(kind, offset, length, number);
        }

        void apply(byte[] content) {
            if (kind == SegmentWrite.Kind.DATA) {
                System.arraycopy(Rig.pattern(seed, length), 0, content, offset, length);
            } else {
                Arrays.fill(content, offset, offset + length, (byte) 0);
            }
        }
    }

    static Pid pid(int index) {
        return new Pid(index + 1);
    }

    /// @param arguments the directory and the lease epoch
    public static void main(String[] arguments) throws IOException, InterruptedException {
        long epoch = Long.parseLong(arguments[1]);
        var rig = new Rig(new LocalDisk(Path.of(arguments[0])), SETTINGS);
        var numbers = new long[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            rig.open(pid(i), epoch);
            numbers[i] = rig.fenced(pid(i), epoch).generation().counter();
        }
        var room = new Semaphore(IN_FLIGHT);
        var random = new Random(epoch);
        while (true) {
            room.acquire();
            int i = random.nextInt(SEGMENTS);
            numbers[i]++;
            long number = numbers[i];
            var change = Change.of(pid(i), number);
            var generation = new Generation(Rig.epoch(epoch), number);
            var answer = change.kind() == SegmentWrite.Kind.DATA
                    ? rig.send(pid(i), generation, change.offset(), Rig.pattern(change.seed(), change.length()))
                    : rig.send(pid(i), generation, change.kind(), change.offset(), change.length());
            answer.thenAccept(result -> {
                tell(System.out, i, number, result);
                room.release();
            });
        }
    }

    private static void tell(PrintStream out, int segment, long number, WriteResult result) {
        out.println(result instanceof WriteResult.Applied ? segment + " " + number : "refused: " + result);
        out.flush();
    }
}
