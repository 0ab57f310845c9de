package io.ashlar.store.local;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one writer of a chunk. Takes what waits, admits it into one frame, makes the frame durable with one sync,
/// applies its records to the segments' files, and only then answers.
final class CommitLog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitLog.class);
    private static final int MAX_BATCH = 1024;

    private final RequestQueue queue;
    private final DirectWrites direct;
    private final Admission admission;
    private final FrameBuilder frame;
    private final Journal journal;
    private final SegmentTable segments;
    private final SegmentIo io;
    private final Checkpointer checkpointer;
    private final Space space;
    private final Health health;
    private final List<Request> admitted = new ArrayList<>();

    CommitLog(
            RequestQueue queue,
            DirectWrites direct,
            Journal journal,
            SegmentTable segments,
            SegmentIo io,
            Checkpointer checkpointer,
            Space space,
            Health health) {
        this.queue = queue;
        this.direct = direct;
        this.frame = new FrameBuilder(maxPayloadBytes(journal.fileBytes()));
        this.admission = new Admission(segments, space, frame, direct);
        this.journal = journal;
        this.segments = segments;
        this.io = io;
        this.checkpointer = checkpointer;
        this.space = space;
        this.health = health;
    }

    /// A frame must fit into one file of the journal, and should not hold up the small ones behind it for long.
    private static int maxPayloadBytes(long fileBytes) {
        return (int) Math.min(4L << 20, fileBytes - FrameHeader.MAX_HEADER_BYTES);
    }

    @Override
    public void run() {
        var batch = new ArrayList<Request>(MAX_BATCH);
        try {
            while (queue.take(batch, MAX_BATCH)) {
                process(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            health.fail("the log thread was interrupted", e);
        } catch (Error e) {
            health.fail("the log thread died", e);
            throw e;
        } finally {
            queue.close();
            queue.drainTo(batch);
            end(
                    batch,
                    health.failure() != null
                            ? health.failure()
                            : new StorageException.Unavailable("the log has ended"));
        }
    }

    private void process(List<Request> batch) throws InterruptedException {
        try {
            if (health.failure() == null) {
                commitAll(batch);
            }
        } catch (IOException | RuntimeException e) {
            // also a bug of our own: after it, nobody knows what is on the disk
            LOG.error("the chunk's log failed", e);
            health.fail("writing failed", e);
        }
        if (health.failure() != null) {
            end(batch, health.failure());
            admitted.clear();
            frame.clear();
        }
    }

    private void commitAll(List<Request> batch) throws IOException, InterruptedException {
        for (var request : batch) {
            if (!frame.fits(request.recordBytes(), request.payloadBytes())) {
                commit();
            }
            admission.admit(request, journal.head().sequence());
            admitted.add(request);
        }
        commit();
    }

    private void commit() throws IOException, InterruptedException {
        if (!frame.isEmpty()) {
            direct.sync();
            journal.append(frame);
            for (var request : admitted) {
                if (request.record() != null) {
                    apply(request);
                }
            }
            journal.applied();
            checkpointer.nudge();
        }
        end(admitted, null);
        admitted.clear();
        frame.clear();
    }

    private void apply(Request request) throws IOException {
        var segment = request.segment();
        if (request instanceof Request.Advance advance) {
            io.applyTogether(segment, advance.records, advance.payloads);
        } else {
            io.apply(segment, request.record(), request.payload());
        }
        space.applied(request.takenBlocks());
        space.give(request.freedBlocks());
        switch (request.record().kind()) {
            case CREATE -> checkpointer.touchedName(segment.pid());
            case DROP -> {
                segments.remove(segment);
                checkpointer.touchedName(segment.pid());
            }
            default -> {
                // no name changes
            }
        }
        checkpointer.touched(segment);
    }

    private static void end(List<Request> requests, StorageException failure) {
        for (var request : requests) {
            try {
                request.end(failure);
            } catch (RuntimeException e) {
                LOG.error("the completion of a request for {} threw: a bug of the caller", request.pid(), e);
            }
        }
    }
}
