package io.ashlar.access.io;

import io.ashlar.access.ExtentReport;
import io.ashlar.access.IoFailure;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Lid;
import io.ashlar.base.Payload;
import io.ashlar.base.SectorChecksums;
import io.ashlar.base.StorageException;
import io.ashlar.base.Units;
import io.ashlar.extent.PlacedExtent;
import io.ashlar.store.BlockMapResult;
import io.ashlar.store.DigestResult;
import io.ashlar.store.ReadResult;
import io.ashlar.store.WriteResult;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One extent while it is served under one lease epoch: carries out its ops. Made after a sync is recorded, dropped as
/// soon as there is any doubt; then its owner gets a new one under a new epoch.
final class Serving implements Lanes.Host, Fetcher.Host {
    /// What it asks of the extent's owner.
    interface Host {
        long now();

        boolean leaseProven();

        void send(Action action);

        void answer(Op op, OpResult result);

        /// Nothing is left of the op.
        void over(Op op);

        /// Back to those that may start.
        void again(Op op);

        void submitRepair(int from, int to, ChunkId damagedOn);

        void leaseOver(LeaseEpoch highest);

        void unsure(String why);

        void remove(Set<ChunkId> failed, Generation floor, String why);
    }

    private final Lid lid;
    private PlacedExtent placed;
    private final LeaseEpoch epoch;
    private final Set<ChunkId> good;
    private final Host host;
    private final OwnerView view;
    private final OwnerLimits limits;
    private final Buffers buffers;
    private final Lanes lanes;
    private final Fetcher fetcher;

    Serving(
            Lid lid,
            PlacedExtent placed,
            Generation start,
            Set<ChunkId> good,
            Host host,
            OwnerView view,
            OwnerLimits limits,
            Buffers buffers) {
        this.lid = lid;
        this.placed = placed;
        this.epoch = start.epoch();
        this.good = good;
        this.host = host;
        this.view = view;
        this.limits = limits;
        this.buffers = buffers;
        this.lanes = new Lanes(placed.pid(), start, good, this, view, limits);
        this.fetcher = new Fetcher(placed.pid(), lanes, lid.counter(), this, view, limits);
    }

    /// @return whether a listed segment is not in step, which must be put right before the first write (EM-30)
    boolean readOnly() {
        return good.size() < placed.location().size();
    }

    boolean writing() {
        return !lanes.idle();
    }

    void start(Op op) {
        switch (op.kind) {
            case READ -> fetcher.begin(op, new Fetch[] {new Fetch(op, op.from, op.to - op.from)}, host.now());
            case WRITE -> startWrite(op);
            case ZERO, DISCARD -> write(op);
            case STATUS -> fetcher.askBlocks(op, host.now());
            case DIGEST -> compare(op);
            case REPAIR -> fetcher.begin(op, new Fetch[] {new Fetch(op, op.from, op.to - op.from)}, host.now());
        }
    }

    // ---- writes ---------------------------------------------------------------------------------------------------

    private void startWrite(Op op) {
        if (op.wholeSectors()) {
            op.sectors = op.data().retain();
            write(op);
            return;
        }
        var edges = new ArrayList<Fetch>(2);
        int lastSector = op.to - Units.SECTOR_BYTES;
        if (op.offsetBytes != op.from) {
            edges.add(new Fetch(op, op.from, Units.SECTOR_BYTES));
        }
        if (op.offsetBytes + op.lengthBytes != op.to && (edges.isEmpty() || lastSector != op.from)) {
            edges.add(new Fetch(op, lastSector, Units.SECTOR_BYTES));
        }
        fetcher.begin(op, edges.toArray(Fetch.NONE), host.now());
    }

    private void merge(Op op) {
        Payload merged = buffers.take(op.to - op.from);
        var target = merged.bytes();
        for (Fetch edge : op.fetches) {
            target.put(edge.offsetBytes - op.from, edge.bytes.bytes(), 0, edge.lengthBytes);
        }
        target.put(op.offsetBytes - op.from, op.data().bytes(), 0, op.lengthBytes);
        op.sectors = merged;
    }

    private void write(Op op) {
        if (op.mayNeedRoom() && !op.roomChecked && lanes.anyScarce()) {
            op.roomChecked = true;
            fetcher.askBlocks(op, host.now());
            return;
        }
        if (op.sectors != null) {
            op.checksums = SectorChecksums.of(op.sectors.bytes());
        }
        lanes.offer(op, host.now());
    }

    /// Sends a write of unknown outcome again, under this epoch: the same bytes to the same range, which is still
    /// locked.
    void reissue(Op op) {
        lanes.issue(op, host.now());
    }

    void writeAnswered(Op op, LeaseEpoch under, int lane, WriteResult result) {
        if (under.equals(epoch)) {
            lanes.answered(op, lane, result, host.now());
        }
    }

    /// @param changed the location without the segments whose removal was asked for
    void removed(PlacedExtent changed) {
        placed = changed;
        good.retainAll(changed.location());
        lanes.removed(host.now());
    }

    List<Op> abandon() {
        return lanes.abandon();
    }

    @Override
    public void written(Op op) {
        if (op.kind == Op.Kind.REPAIR) {
            host.send(new Action.Note("extent " + lid + ": sectors at " + op.from + "+" + op.lengthBytes
                    + ", damaged on " + op.damagedOn + ", rewritten from a good replica"));
        }
        host.answer(op, OpResult.DONE);
        host.over(op);
    }

    // ---- reads ----------------------------------------------------------------------------------------------------

    void fetchAnswered(Fetch fetch, int attempt, ReadResult result, Payload bytes) {
        fetcher.answered(fetch, attempt, result, bytes, host.now());
    }

    @Override
    public void fetched(Op op) {
        if (!host.leaseProven()) {
            host.again(op);
            return;
        }
        if (!readOnly()) {
            repairDamaged(op);
        }
        switch (op.kind) {
            case READ -> {
                Payload bytes = op.fetches[0].give();
                host.answer(op, new OpResult.Data(Slice.of(bytes, op.offsetBytes - op.from, op.lengthBytes)));
                host.over(op);
            }
            case REPAIR -> {
                op.sectors = op.fetches[0].give();
                write(op);
            }
            default -> {
                merge(op);
                write(op);
            }
        }
    }

    private void repairDamaged(Op op) {
        for (Fetch fetch : op.fetches) {
            if (fetch.damagedMask != 0) {
                int from = fetch.firstBadBytes / Units.SECTOR_BYTES * Units.SECTOR_BYTES;
                int blockEnd = from / Units.BLOCK_BYTES * Units.BLOCK_BYTES + Units.BLOCK_BYTES;
                int to = Math.min(blockEnd, fetch.offsetBytes + fetch.lengthBytes);
                host.submitRepair(from, to, lanes.chunk(Integer.numberOfTrailingZeros(fetch.damagedMask)));
            }
        }
    }

    @Override
    public void unreadable(Op op, String why) {
        host.answer(op, OpResult.failed(IoFailure.Kind.IO, "extent " + lid + " cannot be read: " + why));
        host.over(op);
    }

    void blocksAnswered(Op op, LeaseEpoch under, int lane, BlockMapResult result) {
        if (!under.equals(epoch) || !fetcher.blocksAnswered(op, lane, result, host.now())) {
            return;
        }
        if (!host.leaseProven()) {
            host.again(op);
            return;
        }
        BitSet blocks = ((BlockMapResult.Map) result).allocated();
        if (op.kind == Op.Kind.STATUS) {
            host.answer(op, new OpResult.Blocks(blocks));
            host.over(op);
        } else if (blocks.nextClearBit(op.from / Units.BLOCK_BYTES) * (long) Units.BLOCK_BYTES >= op.to) {
            write(op);
        } else {
            host.answer(
                    op,
                    OpResult.failed(
                            IoFailure.Kind.NO_SPACE, "a chunk of extent " + lid + " has no room for a new block"));
            host.over(op);
        }
    }

    // ---- comparison -----------------------------------------------------------------------------------------------

    private void compare(Op op) {
        op.state = Op.State.FETCHING;
        op.querySentNanos = host.now();
        for (ChunkId chunk : placed.location()) {
            if (!good.contains(chunk)) {
                cannotDigest(op, chunk, "not in step with the others");
            } else if (view.presence(chunk) != OwnerView.Presence.PRESENT) {
                cannotDigest(op, chunk, "not running");
            } else {
                host.send(new Action.SendDigest(op, chunk, placed.pid(), epoch));
            }
        }
        compared(op);
    }

    private static void cannotDigest(Op op, ChunkId chunk, String why) {
        op.digests.put(chunk, new DigestResult.Failed(new StorageException.Unavailable(why)));
    }

    void digestAnswered(Op op, LeaseEpoch under, ChunkId chunk, DigestResult result) {
        if (op.state != Op.State.FETCHING || !under.equals(epoch)) {
            return;
        }
        if (result instanceof DigestResult.Fenced(var highest)) {
            host.leaseOver(highest);
            return;
        }
        op.digests.putIfAbsent(chunk, result);
        compared(op);
    }

    private void compared(Op op) {
        if (op.digests.size() < placed.location().size()) {
            return;
        }
        if (!host.leaseProven()) {
            host.again(op);
            return;
        }
        host.answer(op, new OpResult.Compared(Optional.of(report(op))));
        host.over(op);
    }

    private ExtentReport report(Op op) {
        var replicas = new ArrayList<ExtentReport.Replica>();
        DigestResult.Digest common = null;
        boolean identical = true;
        for (ChunkId chunk : placed.location()) {
            String generation = "";
            String digest;
            switch (op.digests.get(chunk)) {
                case DigestResult.Digest told -> {
                    generation = told.generation().toString();
                    digest = told.sha256Hex();
                    common = common == null ? told : common;
                    identical &= told.sha256Hex().equals(common.sha256Hex())
                            && told.generation().equals(common.generation());
                }
                case DigestResult.Damaged(var offset) -> digest = "damaged at " + offset;
                case DigestResult.Missing() -> digest = "has lost the segment";
                case DigestResult.Failed(var cause) -> digest = cause.getMessage();
                case DigestResult.Fenced(var highest) -> digest = "fenced by " + highest;
            }
            identical &= !generation.isEmpty();
            replicas.add(new ExtentReport.Replica(chunk, generation, digest));
        }
        String detail = identical
                ? "sha256 " + common.sha256Hex() + " at " + common.generation()
                : "the replicas differ or could not all be read";
        return new ExtentReport(0, placed.pid(), identical, replicas, detail);
    }

    // ---- time and failures ----------------------------------------------------------------------------------------

    void tick() {
        lanes.tick(host.now());
    }

    void tick(Op op) {
        if (op.kind == Op.Kind.DIGEST) {
            if (host.now() - op.querySentNanos >= limits.digestNanos()) {
                for (ChunkId chunk : placed.location()) {
                    op.digests.putIfAbsent(
                            chunk, new DigestResult.Failed(new StorageException.Unavailable("did not answer in time")));
                }
                compared(op);
            }
        } else {
            fetcher.tick(op, host.now());
        }
    }

    @Override
    public void fenced(LeaseEpoch highest) {
        host.leaseOver(highest);
    }

    @Override
    public void unsure(String why) {
        host.unsure(why);
    }

    @Override
    public void remove(Set<ChunkId> failed, Generation floor, String why) {
        host.remove(failed, floor, why);
    }

    @Override
    public boolean leaseProven() {
        return host.leaseProven();
    }

    @Override
    public void send(Action action) {
        host.send(action);
    }
}
