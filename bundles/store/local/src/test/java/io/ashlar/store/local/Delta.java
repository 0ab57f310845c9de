package io.ashlar.store.local;

import static io.ashlar.store.local.Rig.epoch;

import io.ashlar.base.Generation;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.SectorChecksums;
import io.ashlar.store.HistoryResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentPatch;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What a lease owner does with a replica that lags: asks another what came since, reads it there, brings the one up.
final class Delta {
    private Delta() {}

    static HistoryResult history(Rig rig, Pid pid, long epoch, Generation since) {
        return Rig.await(c -> rig.engine.history(pid, epoch(epoch), since, c));
    }

    /// @return the patches, which must be known
    static List<SegmentPatch> known(Rig rig, Pid pid, long epoch, Generation since) {
        var result = history(rig, pid, epoch, since);
        if (result instanceof HistoryResult.Changes(var patches)) {
            return patches;
        }
        throw new AssertionError("since " + since + ": " + result);
    }

    /// @return the bytes of the patches that carry any, one after the other
    static byte[] dataOf(Rig source, Pid pid, long epoch, List<SegmentPatch> patches) {
        var all = ByteBuffer.allocate(Math.toIntExact(new HistoryResult.Changes(patches).dataBytes()));
        for (var patch : patches) {
            if (patch.kind() == SegmentWrite.Kind.DATA) {
                all.put(source.bytes(pid, epoch, patch.offsetBytes(), patch.lengthBytes()));
            }
        }
        return all.array();
    }

    static CompletableFuture<WriteResult> send(Rig rig, SegmentAdvance advance, byte[] bytes) {
        var future = new CompletableFuture<WriteResult>();
        if (bytes.length == 0) {
            rig.engine.advance(advance, null, null, future::complete);
            return future;
        }
        var data = ByteBuffer.wrap(bytes);
        var payload = Payload.unpooled(data);
        rig.engine.advance(advance, payload, SectorChecksums.of(data), future::complete);
        payload.release();
        return future;
    }

    static WriteResult advance(Rig rig, SegmentAdvance advance, byte[] bytes) {
        return Rig.await(send(rig, advance, bytes));
    }

    /// Brings a laggard up; both are fenced at `epoch`.
    static WriteResult bringUp(Rig laggard, Rig source, Pid pid, long epoch) {
        var expected = laggard.fenced(pid, epoch).generation();
        var target = source.fenced(pid, epoch).generation();
        var patches = known(source, pid, epoch, expected);
        var advance = new SegmentAdvance(pid, epoch(epoch), expected, target, patches);
        return advance(laggard, advance, dataOf(source, pid, epoch, patches));
    }
}
