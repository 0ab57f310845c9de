package io.ashlar.access.nbd;

import io.ashlar.access.IoFailure;
import io.ashlar.access.IoOutcome;
import io.ashlar.access.ReadOutcome;
import io.ashlar.access.StatusOutcome;
import io.ashlar.access.VolumeHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns requests into calls of the data path, and its outcomes into answers.
///
/// **Thread:** called on an event loop; answers come on any thread, exactly one for each call.
final class Issuer {
    private static final Logger LOG = LoggerFactory.getLogger(Issuer.class);

    private Issuer() {}

    static void issue(VolumeHandle handle, InFlight inFlight, Consumer<Answer> answers) {
        var once = new Once(answers);
        try {
            call(handle, inFlight, once);
        } catch (RuntimeException e) {
            // the other side is a bundle that can be replaced at any moment: its throw must not take the connection
            // along
            LOG.error("the data path threw on {} of {}", inFlight.request(), handle.name(), e);
            once.accept(Answer.no(IoFailure.Kind.IO, "internal error: " + e));
        }
    }

    private static void call(VolumeHandle handle, InFlight inFlight, Once answers) {
        var request = inFlight.request();
        long offset = request.offset();
        switch (request.type()) {
            case Nbd.CMD_READ -> handle.read(offset, (int) request.length(), outcome -> answers.accept(of(outcome)));
            case Nbd.CMD_WRITE -> handle.write(offset, inFlight.payload(), outcome -> answers.accept(of(outcome)));
            case Nbd.CMD_FLUSH -> handle.flush(outcome -> answers.accept(of(outcome)));
            case Nbd.CMD_TRIM -> zero(handle, offset, request.length(), true, answers);
            case Nbd.CMD_WRITE_ZEROES ->
                zero(handle, offset, request.length(), !request.has(Nbd.CMD_FLAG_NO_HOLE), answers);
            case Nbd.CMD_BLOCK_STATUS ->
                handle.blockStatus(
                        offset,
                        Math.min(request.length(), Limits.MAX_EFFECT_BYTES),
                        outcome -> answers.accept(of(outcome)));
            default -> throw new IllegalStateException("not checked: " + request);
        }
    }

    /// In pieces that the data path takes, one after the other.
    private static void zero(VolumeHandle handle, long offset, long length, boolean discard, Once answers) {
        long piece = Math.min(length, Limits.MAX_EFFECT_BYTES);
        handle.zero(offset, piece, discard, outcome -> {
            if (outcome instanceof IoOutcome.Done && length > piece) {
                zero(handle, offset + piece, length - piece, discard, answers);
            } else {
                answers.accept(of(outcome));
            }
        });
    }

    private static Answer of(ReadOutcome outcome) {
        return switch (outcome) {
            case ReadOutcome.Data(var bytes) -> new Answer.Bytes(bytes);
            case ReadOutcome.Failed(var failure) -> new Answer.No(failure);
        };
    }

    private static Answer of(IoOutcome outcome) {
        return switch (outcome) {
            case IoOutcome.Done() -> Answer.DONE;
            case IoOutcome.Failed(var failure) -> new Answer.No(failure);
        };
    }

    private static Answer of(StatusOutcome outcome) {
        return switch (outcome) {
            case StatusOutcome.Runs(var runs) -> new Answer.Runs(runs);
            case StatusOutcome.Failed(var failure) -> new Answer.No(failure);
        };
    }

    /// Two replies to one request would make the rest of the stream unreadable.
    private static final class Once {
        private final AtomicBoolean answered = new AtomicBoolean();
        private final Consumer<Answer> answers;

        Once(Consumer<Answer> answers) {
            this.answers = answers;
        }

        void accept(Answer answer) {
            if (answered.compareAndSet(false, true)) {
                answers.accept(answer);
            } else {
                answer.release();
            }
        }
    }
}
