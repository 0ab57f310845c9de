package io.ashlar.access.io;

import io.ashlar.access.IoFailure;
import io.ashlar.access.IoOutcome;
import io.ashlar.access.ReadOutcome;
import io.ashlar.access.StatusOutcome;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.Completion;
import io.ashlar.base.Lid;
import io.ashlar.base.Payload;
import io.ashlar.base.Units;
import io.ashlar.volume.VolumeMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// One client's volume: cuts requests into extents and puts the answers together (AC-02).
final class OpenHandle implements VolumeHandle {
    private static final long MAX_ZERO_BYTES = 2L << 30;
    private static final IoOutcome DONE = new IoOutcome.Done();

    /// A range inside one extent.
    private record Piece(Lid lid, int index, int offsetBytes, int lengthBytes) {}

    private final DataPath path;
    private final OpenVolume volume;
    private final Opening opening;
    private final AtomicBoolean closed = new AtomicBoolean();

    OpenHandle(DataPath path, Opening opening) {
        this.path = path;
        this.volume = opening.volume;
        this.opening = opening;
    }

    OpenVolume volume() {
        return volume;
    }

    @Override
    public String name() {
        return volume.map().name();
    }

    @Override
    public long sizeBytes() {
        return volume.map().sizeBytes();
    }

    @Override
    public void read(long offsetBytes, int lengthBytes, Completion<ReadOutcome> completion) {
        Consumer<IoFailure> bad = failure -> completion.done(new ReadOutcome.Failed(failure));
        inRange(offsetBytes, lengthBytes, Units.MAX_IO_BYTES, bad, map -> {
            var pieces = cut(map, offsetBytes, lengthBytes);
            var gather = new Gather(
                    pieces.size(), parts -> completion.done(new ReadOutcome.Data(join(parts, lengthBytes))), bad);
            for (int i = 0; i < pieces.size(); i++) {
                var piece = pieces.get(i);
                submit(
                        piece,
                        Op.read(
                                piece.offsetBytes(),
                                piece.lengthBytes(),
                                path.deadline(),
                                path.counted(gather.part(i))));
            }
        });
    }

    /// One part is passed on as it is; several are copied together.
    private Payload join(OpResult[] parts, int lengthBytes) {
        if (parts.length == 1) {
            return ((OpResult.Data) parts[0]).bytes();
        }
        Payload whole = path.buffers().take(lengthBytes);
        var target = whole.bytes();
        for (OpResult part : parts) {
            Payload bytes = ((OpResult.Data) part).bytes();
            target.put(bytes.bytes());
            bytes.release();
        }
        return whole;
    }

    @Override
    public void write(long offsetBytes, Payload data, Completion<IoOutcome> completion) {
        int lengthBytes = data.bytes().remaining();
        Consumer<IoFailure> bad = failed(completion);
        data.retain(); // until it is cut: the range may have to be looked up first
        inRange(
                offsetBytes,
                lengthBytes,
                Units.MAX_IO_BYTES,
                failure -> {
                    data.release();
                    bad.accept(failure);
                },
                map -> {
                    var pieces = cut(map, offsetBytes, lengthBytes);
                    var gather = new Gather(pieces.size(), parts -> completion.done(DONE), bad);
                    int at = 0;
                    for (int i = 0; i < pieces.size(); i++) {
                        var piece = pieces.get(i);
                        var part = Slice.of(data.retain(), at, piece.lengthBytes());
                        submit(
                                piece,
                                Op.write(piece.offsetBytes(), part, path.deadline(), path.counted(gather.part(i))));
                        at += piece.lengthBytes();
                    }
                    data.release();
                });
    }

    @Override
    public void zero(long offsetBytes, long lengthBytes, boolean discard, Completion<IoOutcome> completion) {
        Consumer<IoFailure> bad = failed(completion);
        inRange(offsetBytes, lengthBytes, MAX_ZERO_BYTES, bad, map -> {
            var ops = new ArrayList<Piece>();
            for (Piece piece : cut(map, offsetBytes, lengthBytes)) {
                edgesAndMiddle(piece, ops);
            }
            var gather = new Gather(ops.size(), parts -> completion.done(DONE), bad);
            for (int i = 0; i < ops.size(); i++) {
                var piece = ops.get(i);
                var done = path.counted(gather.part(i));
                boolean whole = (piece.offsetBytes() | piece.lengthBytes()) % Units.SECTOR_BYTES == 0;
                submit(
                        piece,
                        whole
                                ? Op.zero(piece.offsetBytes(), piece.lengthBytes(), discard, path.deadline(), done)
                                : Op.zeroEdge(piece.offsetBytes(), piece.lengthBytes(), path.deadline(), done));
            }
        });
    }

    /// Cuts at the first and the last sector boundary.
    private static void edgesAndMiddle(Piece piece, List<Piece> out) {
        int from = piece.offsetBytes();
        int to = from + piece.lengthBytes();
        int first = Math.min(to, (from + Units.SECTOR_BYTES - 1) / Units.SECTOR_BYTES * Units.SECTOR_BYTES);
        int last = Math.max(first, to / Units.SECTOR_BYTES * Units.SECTOR_BYTES);
        for (int[] range : new int[][] {{from, first}, {first, last}, {last, to}}) {
            if (range[0] < range[1]) {
                out.add(new Piece(piece.lid(), piece.index(), range[0], range[1] - range[0]));
            }
        }
    }

    @Override
    public void flush(Completion<IoOutcome> completion) {
        // a write is acknowledged only when it is durable on all listed replicas
        completion.done(closed.get() ? new IoOutcome.Failed(isClosed()) : DONE);
    }

    @Override
    public void blockStatus(long offsetBytes, long lengthBytes, Completion<StatusOutcome> completion) {
        Consumer<IoFailure> bad = failure -> completion.done(new StatusOutcome.Failed(failure));
        inRange(offsetBytes, lengthBytes, Long.MAX_VALUE, bad, map -> {
            var pieces = cut(map, offsetBytes, lengthBytes);
            var gather = new Gather(
                    pieces.size(),
                    parts -> {
                        var runs = new Runs();
                        for (int i = 0; i < parts.length; i++) {
                            runs.add(
                                    pieces.get(i).offsetBytes(),
                                    pieces.get(i).lengthBytes(),
                                    ((OpResult.Blocks) parts[i]).blocks());
                        }
                        completion.done(new StatusOutcome.Runs(runs.list()));
                    },
                    bad);
            for (int i = 0; i < pieces.size(); i++) {
                var piece = pieces.get(i);
                submit(
                        piece,
                        Op.status(
                                piece.offsetBytes(),
                                piece.lengthBytes(),
                                path.deadline(),
                                path.counted(gather.part(i))));
            }
        });
    }

    /// Merges neighbouring runs of one kind.
    private static final class Runs {
        private final List<StatusOutcome.Run> runs = new ArrayList<>();

        void add(int offsetBytes, int lengthBytes, BitSet blocks) {
            int at = offsetBytes;
            int end = offsetBytes + lengthBytes;
            while (at < end) {
                boolean allocated = blocks.get(at / Units.BLOCK_BYTES);
                int block = allocated
                        ? blocks.nextClearBit(at / Units.BLOCK_BYTES)
                        : blocks.nextSetBit(at / Units.BLOCK_BYTES);
                int next = block < 0 ? end : (int) Math.min(end, (long) block * Units.BLOCK_BYTES);
                add(next - at, allocated);
                at = next;
            }
        }

        private void add(long lengthBytes, boolean allocated) {
            if (!runs.isEmpty() && runs.getLast().allocated() == allocated) {
                lengthBytes += runs.removeLast().lengthBytes();
            }
            runs.add(new StatusOutcome.Run(lengthBytes, allocated));
        }

        List<StatusOutcome.Run> list() {
            return runs;
        }
    }

    // ---- ranges ---------------------------------------------------------------------------------------------------

    /// Checks a range and goes on with a map that covers it; what lies beyond the known size may have come by a resize.
    private void inRange(
            long offsetBytes, long lengthBytes, long maxBytes, Consumer<IoFailure> bad, Consumer<VolumeMap> good) {
        if (closed.get()) {
            bad.accept(isClosed());
        } else if (offsetBytes < 0 || lengthBytes <= 0 || lengthBytes > maxBytes) {
            bad.accept(new IoFailure(IoFailure.Kind.INVALID, "offset " + offsetBytes + ", length " + lengthBytes));
        } else if (covers(volume.map(), offsetBytes, lengthBytes)) {
            admitted(volume.map(), bad, good);
        } else {
            path.refresh(volume, () -> {
                if (covers(volume.map(), offsetBytes, lengthBytes)) {
                    admitted(volume.map(), bad, good);
                } else {
                    bad.accept(new IoFailure(
                            IoFailure.Kind.OUT_OF_RANGE,
                            offsetBytes + "+" + lengthBytes + " is beyond the " + sizeBytes() + " bytes of " + name()));
                }
            });
        }
    }

    private void admitted(VolumeMap map, Consumer<IoFailure> bad, Consumer<VolumeMap> good) {
        var refused = path.admission();
        if (refused == null) {
            good.accept(map);
        } else {
            bad.accept(refused);
        }
    }

    private static boolean covers(VolumeMap map, long offsetBytes, long lengthBytes) {
        return offsetBytes <= map.sizeBytes() && lengthBytes <= map.sizeBytes() - offsetBytes;
    }

    private static List<Piece> cut(VolumeMap map, long offsetBytes, long lengthBytes) {
        int first = (int) (offsetBytes / Units.EXTENT_BYTES);
        int last = (int) ((offsetBytes + lengthBytes - 1) / Units.EXTENT_BYTES);
        if (first == last) {
            return List.of(new Piece(
                    map.lids().get(first), first, (int) (offsetBytes % Units.EXTENT_BYTES), (int) lengthBytes));
        }
        var pieces = new ArrayList<Piece>(last - first + 1);
        long at = offsetBytes;
        long end = offsetBytes + lengthBytes;
        for (int i = first; i <= last; i++) {
            long next = Math.min(end, (i + 1L) * Units.EXTENT_BYTES);
            pieces.add(new Piece(map.lids().get(i), i, (int) (at % Units.EXTENT_BYTES), (int) (next - at)));
            at = next;
        }
        return pieces;
    }

    private void submit(Piece piece, Op op) {
        path.loopOf(piece.lid()).submit(piece.lid(), op, volume);
    }

    private static Consumer<IoFailure> failed(Completion<IoOutcome> completion) {
        return failure -> completion.done(new IoOutcome.Failed(failure));
    }

    private static IoFailure isClosed() {
        return new IoFailure(IoFailure.Kind.INVALID, "the handle is closed");
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            path.closed(opening);
        }
    }
}
