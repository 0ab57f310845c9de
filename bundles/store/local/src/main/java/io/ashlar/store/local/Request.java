package io.ashlar.store.local;

import io.ashlar.base.Completion;
import io.ashlar.base.Generation;
import io.ashlar.base.LeaseEpoch;
import io.ashlar.base.Payload;
import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.store.FenceResult;
import io.ashlar.store.SegmentAdvance;
import io.ashlar.store.SegmentIdentity;
import io.ashlar.store.SegmentWrite;
import io.ashlar.store.WriteResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// One request on its way through the log: taken, admitted (or refused), made durable, applied, answered.
///
/// **Thread:** made by the caller, then the log thread's.
abstract sealed class Request {
    /// The change it makes; null while it is not admitted, or when it changes nothing.
    private JournalRecord record;
    private Segment segment;
    private int takenBlocks;
    private int freedBlocks;
    private boolean answered;

    abstract Pid pid();

    /// @return the payload that it carries into the journal, in bytes
    int payloadBytes() {
        return 0;
    }

    /// @return what its records take in the head of a frame, in bytes
    int recordBytes() {
        return JournalRecord.FIXED_BYTES;
    }

    /// @return a view of the payload, or null
    ByteBuffer payload() {
        return null;
    }

    final void admitted(Segment ofSegment, JournalRecord change, int taken, int freed) {
        segment = ofSegment;
        record = change;
        takenBlocks = taken;
        freedBlocks = freed;
    }

    final JournalRecord record() {
        return record;
    }

    final Segment segment() {
        return segment;
    }

    final int takenBlocks() {
        return takenBlocks;
    }

    final int freedBlocks() {
        return freedBlocks;
    }

    /// Sends the answer and lets go of the payload. Only the first end counts.
    final void end(StorageException failure) {
        if (!answered) {
            answered = true;
            try {
                if (failure == null) {
                    answer();
                } else {
                    fail(failure);
                }
            } finally {
                letGo();
            }
        }
    }

    abstract void answer();

    abstract void fail(StorageException cause);

    void letGo() {}

    /// A change of data.
    static final class Write extends Request {
        final SegmentWrite write;
        final int[] checksums;
        private final Payload data;
        private final ByteBuffer bytes;
        private final Completion<WriteResult> completion;
        WriteResult result;

        Write(SegmentWrite write, Payload data, int[] checksums, Completion<WriteResult> completion) {
            this.write = write;
            this.checksums = checksums;
            this.data = data == null ? null : data.retain();
            this.bytes = data == null ? null : data.bytes();
            this.completion = completion;
        }

        @Override
        Pid pid() {
            return write.pid();
        }

        @Override
        int payloadBytes() {
            return bytes == null ? 0 : write.lengthBytes();
        }

        @Override
        int recordBytes() {
            return JournalRecord.encodedBytes(checksums == null ? 0 : checksums.length);
        }

        @Override
        ByteBuffer payload() {
            return bytes;
        }

        @Override
        void answer() {
            completion.done(result);
        }

        @Override
        void fail(StorageException cause) {
            completion.done(new WriteResult.Failed(cause));
        }

        @Override
        void letGo() {
            if (data != null) {
                data.release();
            }
        }
    }

    /// A higher fence, and the segment itself where it may be made.
    static final class Fence extends Request {
        final SegmentIdentity identity;
        final LeaseEpoch epoch;
        private final Completion<FenceResult> completion;
        FenceResult result;

        Fence(SegmentIdentity identity, LeaseEpoch epoch, Completion<FenceResult> completion) {
            this.identity = identity;
            this.epoch = epoch;
            this.completion = completion;
        }

        @Override
        Pid pid() {
            return identity.pid();
        }

        @Override
        void answer() {
            completion.done(result);
        }

        @Override
        void fail(StorageException cause) {
            completion.done(new FenceResult.Failed(cause));
        }
    }

    /// A segment that lags is brought up: several changes in one frame.
    static final class Advance extends Request {
        final SegmentAdvance advance;
        final int[] checksums;
        /// In order, once admitted; the payload of each in [#payloads].
        final List<JournalRecord> records = new ArrayList<>();
        final List<ByteBuffer> payloads = new ArrayList<>();
        private final Payload data;
        private final Completion<WriteResult> completion;
        WriteResult result;

        Advance(SegmentAdvance advance, Payload data, int[] checksums, Completion<WriteResult> completion) {
            this.advance = advance;
            this.checksums = checksums == null ? new int[0] : checksums;
            this.data = data == null ? null : data.retain();
            this.completion = completion;
        }

        @Override
        Pid pid() {
            return advance.pid();
        }

        @Override
        int payloadBytes() {
            return data == null ? 0 : data.bytes().remaining();
        }

        @Override
        int recordBytes() {
            return (advance.patches().size() + 1) * JournalRecord.FIXED_BYTES + checksums.length * Integer.BYTES;
        }

        /// @return a view of the bytes of all patches
        @Override
        ByteBuffer payload() {
            return data == null ? null : data.bytes();
        }

        @Override
        void answer() {
            completion.done(result);
        }

        @Override
        void fail(StorageException cause) {
            completion.done(new WriteResult.Failed(cause));
        }

        @Override
        void letGo() {
            if (data != null) {
                data.release();
            }
        }
    }

    /// The end of sync generation.
    static final class Stamp extends Request {
        final Pid pid;
        final LeaseEpoch epoch;
        final Generation expected;
        private final Completion<WriteResult> completion;
        WriteResult result;

        Stamp(Pid pid, LeaseEpoch epoch, Generation expected, Completion<WriteResult> completion) {
            this.pid = pid;
            this.epoch = epoch;
            this.expected = expected;
            this.completion = completion;
        }

        @Override
        Pid pid() {
            return pid;
        }

        @Override
        void answer() {
            completion.done(result);
        }

        @Override
        void fail(StorageException cause) {
            completion.done(new WriteResult.Failed(cause));
        }
    }

    /// The removal of a segment that nobody needs.
    static final class Drop extends Request {
        final Pid pid;
        private final Completion<Boolean> completion;

        Drop(Pid pid, Completion<Boolean> completion) {
            this.pid = pid;
            this.completion = completion;
        }

        @Override
        Pid pid() {
            return pid;
        }

        @Override
        void answer() {
            completion.done(true);
        }

        @Override
        void fail(StorageException cause) {
            completion.done(false);
        }
    }
}
