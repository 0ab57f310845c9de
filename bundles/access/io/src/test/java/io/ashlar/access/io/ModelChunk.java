package io.ashlar.access.io;

import io.ashlar.base.ChunkId;
import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.SectorChecksums;
import io.ashlar.base.Units;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.ChunkStats;
import io.ashlar.store.ChunkStore;
import io.ashlar.store.DigestResult;
import io.ashlar.store.FenceResult;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentState;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A chunk with the real rules of fence and generation, all in memory; answers at once, on the caller's thread.
final class ModelChunk implements ChunkStore {
    static final class Segment {
        LeaseEpoch fence = LeaseEpoch.NONE;
        Generation generation = Generation.ZERO;
        boolean complete = true;
        final TreeMap<Integer, byte[]> sectors = new TreeMap<>();
        final BitSet blocks = new BitSet();
        final BitSet damaged = new BitSet();
        final SegmentPast past;

        Segment(int changesKept) {
            past = new SegmentPast(changesKept);
        }

        byte[] sector(int index) {
            return sectors.getOrDefault(index, ZEROS);
        }

        boolean sameBytes(Segment other) {
            var all = new java.util.TreeSet<>(sectors.keySet());
            all.addAll(other.sectors.keySet());
            return all.stream().allMatch(i -> Arrays.equals(sector(i), other.sector(i)));
        }
    }

    private static final byte[] ZEROS = new byte[Units.SECTOR_BYTES];

    final Map<Pid, Segment> segments = new HashMap<>();
    private final ChunkId id;
    int changesKept = 2 * SegmentAdvance.MAX_PATCHES;
    /// Breaks S1: see [SegmentPast#sinceCounterAlone].
    boolean counterAlone;
    long advances;
    long freeBytes = 1L << 40;
    long writes;

    ModelChunk(int id) {
        this.id = new ChunkId(id);
    }

    @Override
    public ChunkId id() {
        return id;
    }

    synchronized Segment segment(Pid pid) {
        return segments.get(pid);
    }

    @Override
    public synchronized void fence(SegmentIdentity identity, LeaseEpoch epoch, Completion<FenceResult> completion) {
        var segment = segments.get(identity.pid());
        if (segment == null && identity.mayCreate()) {
            segment = new Segment(changesKept);
            segments.put(identity.pid(), segment);
        }
        completion.done(fence(segment, epoch));
    }

    private static FenceResult fence(Segment segment, LeaseEpoch epoch) {
        if (segment == null) {
            return new FenceResult.Missing();
        }
        if (segment.fence.compareTo(epoch) > 0) {
            return new FenceResult.Refused(segment.fence);
        }
        segment.fence = epoch;
        return new FenceResult.Fenced(new SegmentState(segment.generation, segment.complete));
    }

    @Override
    public synchronized void stamp(Pid pid, LeaseEpoch epoch, Generation expected, Completion<WriteResult> completion) {
        var segment = segments.get(pid);
        if (segment == null) {
            completion.done(new WriteResult.Missing());
        } else if (segment.fence.compareTo(epoch) > 0) {
            completion.done(new WriteResult.Fenced(segment.fence));
        } else if (!segment.generation.equals(expected) || !segment.fence.equals(epoch)) {
            completion.done(new WriteResult.OutOfOrder(segment.generation));
        } else {
            if (!expected.epoch().equals(epoch)) {
                segment.past.changed(expected, List.of());
            }
            segment.generation = expected.stamped(epoch);
            completion.done(new WriteResult.Applied(segment.generation));
        }
    }

    @Override
    public synchronized void write(
            SegmentWrite write, Payload data, int[] checksums, Completion<WriteResult> completion) {
        completion.done(write(write, data, checksums));
    }

    private WriteResult write(SegmentWrite write, Payload data, int[] checksums) {
        var segment = segments.get(write.pid());
        var generation = write.generation();
        if (segment == null) {
            return new WriteResult.Missing();
        }
        if (segment.fence.compareTo(generation.epoch()) > 0) {
            return new WriteResult.Fenced(segment.fence);
        }
        if (!segment.generation.equals(new Generation(generation.epoch(), generation.counter() - 1))) {
            return new WriteResult.OutOfOrder(segment.generation);
        }
        int firstBlock = write.offsetBytes() / Units.BLOCK_BYTES;
        int lastBlock = (write.offsetBytes() + write.lengthBytes() - 1) / Units.BLOCK_BYTES;
        boolean newBlock = segment.blocks.nextClearBit(firstBlock) <= lastBlock;
        if (newBlock && write.kind() != SegmentWrite.Kind.DISCARD && freeBytes < Units.BLOCK_BYTES) {
            return new WriteResult.NoSpace(freeBytes);
        }
        if (data != null && !Arrays.equals(checksums, SectorChecksums.of(data.bytes()))) {
            throw new IllegalStateException("the checksums do not name the data");
        }
        var patch = new SegmentPatch(write.kind(), write.offsetBytes(), write.lengthBytes());
        apply(segment, patch, data == null ? null : data.bytes());
        segment.past.changed(segment.generation, List.of(patch));
        segment.generation = generation;
        writes++;
        return new WriteResult.Applied(generation);
    }

    @Override
    public synchronized void history(
            Pid pid, LeaseEpoch epoch, Generation since, Completion<HistoryResult> completion) {
        var segment = segments.get(pid);
        if (segment == null) {
            completion.done(new HistoryResult.Missing());
        } else if (segment.fence.compareTo(epoch) > 0) {
            completion.done(new HistoryResult.Fenced(segment.fence));
        } else {
            completion.done(
                    counterAlone
                            ? segment.past.sinceCounterAlone(since, segment.generation)
                            : segment.past.since(since, segment.generation));
        }
    }

    @Override
    public synchronized void advance(
            SegmentAdvance advance, Payload data, int[] checksums, Completion<WriteResult> completion) {
        completion.done(advance(segments.get(advance.pid()), advance, data, checksums));
    }

    private WriteResult advance(Segment segment, SegmentAdvance advance, Payload data, int[] checksums) {
        if (segment == null) {
            return new WriteResult.Missing();
        }
        if (segment.fence.compareTo(advance.epoch()) > 0) {
            return new WriteResult.Fenced(segment.fence);
        }
        if (!segment.generation.equals(advance.expected()) || !segment.fence.equals(advance.epoch())) {
            return new WriteResult.OutOfOrder(segment.generation);
        }
        if (freeBytes < Units.BLOCK_BYTES) {
            return new WriteResult.NoSpace(freeBytes);
        }
        if (data != null && !Arrays.equals(checksums, SectorChecksums.of(data.bytes()))) {
            throw new IllegalStateException("the checksums do not name the data");
        }
        int at = 0;
        for (SegmentPatch patch : advance.patches()) {
            boolean bytes = patch.kind() == SegmentWrite.Kind.DATA;
            apply(segment, patch, bytes ? data.bytes().slice(at, patch.lengthBytes()) : null);
            at += bytes ? patch.lengthBytes() : 0;
        }
        segment.past.changed(segment.generation, advance.patches());
        segment.generation = advance.target();
        advances++;
        return new WriteResult.Applied(segment.generation);
    }

    private static void apply(Segment segment, SegmentPatch write, ByteBuffer bytes) {
        int first = write.offsetBytes() / Units.SECTOR_BYTES;
        int count = write.lengthBytes() / Units.SECTOR_BYTES;
        int firstBlock = write.offsetBytes() / Units.BLOCK_BYTES;
        int endBlock = (write.offsetBytes() + write.lengthBytes() - 1) / Units.BLOCK_BYTES + 1;
        if (bytes == null) {
            segment.sectors.subMap(first, first + count).clear();
            if (write.kind() == SegmentWrite.Kind.ZERO) {
                segment.blocks.set(firstBlock, endBlock);
            }
        } else {
            for (int i = 0; i < count; i++) {
                var sector = new byte[Units.SECTOR_BYTES];
                bytes.get(sector);
                segment.sectors.put(first + i, sector);
            }
            segment.blocks.set(firstBlock, endBlock);
        }
        segment.damaged.clear(first, first + count);
    }

    @Override
    public synchronized void read(
            Pid pid,
            LeaseEpoch epoch,
            int offsetBytes,
            int lengthBytes,
            Payload destination,
            Completion<ReadResult> completion) {
        completion.done(read(segments.get(pid), epoch, offsetBytes, lengthBytes, destination));
    }

    private static ReadResult read(
            Segment segment, LeaseEpoch epoch, int offsetBytes, int lengthBytes, Payload destination) {
        if (segment == null) {
            return new ReadResult.Missing();
        }
        if (segment.fence.compareTo(epoch) > 0) {
            return new ReadResult.Fenced(segment.fence);
        }
        ByteBuffer target = destination.bytes();
        int first = offsetBytes / Units.SECTOR_BYTES;
        for (int i = first; i < first + lengthBytes / Units.SECTOR_BYTES; i++) {
            if (segment.damaged.get(i)) {
                return new ReadResult.Damaged(i * Units.SECTOR_BYTES);
            }
            target.put(segment.sector(i));
        }
        return new ReadResult.Done();
    }

    @Override
    public synchronized void blockMap(Pid pid, LeaseEpoch epoch, Completion<BlockMapResult> completion) {
        var segment = segments.get(pid);
        if (segment == null) {
            completion.done(new BlockMapResult.Missing());
        } else if (segment.fence.compareTo(epoch) > 0) {
            completion.done(new BlockMapResult.Fenced(segment.fence));
        } else {
            completion.done(new BlockMapResult.Map((BitSet) segment.blocks.clone()));
        }
    }

    @Override
    public synchronized void digest(Pid pid, LeaseEpoch epoch, Completion<DigestResult> completion) {
        var segment = segments.get(pid);
        if (segment == null) {
            completion.done(new DigestResult.Missing());
        } else if (segment.fence.compareTo(epoch) > 0) {
            completion.done(new DigestResult.Fenced(segment.fence));
        } else {
            completion.done(new DigestResult.Digest(
                    segment.generation, sha(segment), (long) segment.blocks.cardinality() * Units.BLOCK_BYTES));
        }
    }

    private static String sha(Segment segment) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            segment.sectors.forEach((index, bytes) -> {
                if (!Arrays.equals(bytes, ZEROS)) {
                    sha.update(ByteBuffer.allocate(4).putInt(0, index));
                    sha.update(bytes);
                }
            });
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public ChunkStats stats() {
        return new ChunkStats(1L << 40, 0, freeBytes, segments.size(), 0, 0, writes, 0, 0);
    }
}
