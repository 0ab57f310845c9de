package io.ashlar.access.nbd;

import io.ashlar.access.VolumeAccess;
import io.ashlar.access.VolumeHandle;
import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the cluster for volumes, off the event loops since that may block.
///
/// **Thread:** any; answers come on a thread of the executor. Each connection asks one question at a time, so that the
/// limit of connections bounds the threads too.
final class Volumes {
    private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);

    /// @param by the data path that opened it
    record Opened(VolumeHandle handle, VolumeAccess by) {}

    private final CurrentAccess current;
    private final Executor blocking;

    Volumes(CurrentAccess current, Executor blocking) {
        this.current = current;
        this.blocking = blocking;
    }

    CurrentAccess current() {
        return current;
    }

    /// @param answer owns the handle
    void open(String name, String client, Consumer<Outcome<Opened>> answer) {
        ask(
                "open " + ObjectName.printable(name),
                answer,
                access -> access.open(name, client).then(handle -> Outcome.ok(new Opened(handle, access))));
    }

    void list(Consumer<Outcome<List<String>>> answer) {
        ask("list the volumes", answer, VolumeAccess::list);
    }

    private <T> void ask(String what, Consumer<Outcome<T>> answer, Function<VolumeAccess, Outcome<T>> question) {
        try {
            blocking.execute(() -> answer.accept(askNow(what, question)));
        } catch (RejectedExecutionException e) {
            answer.accept(unavailable("the server is stopping", "connect to another access point"));
        }
    }

    private <T> Outcome<T> askNow(String what, Function<VolumeAccess, Outcome<T>> question) {
        var access = current.get();
        if (access == null) {
            return unavailable("the cluster is starting and serves no volumes yet", "try again in a few seconds");
        }
        try {
            return question.apply(access);
        } catch (RuntimeException e) {
            // a bundle that is replaced while it is asked may throw anything
            LOG.error("cannot {}", what, e);
            return unavailable("cannot " + what + ": " + e.getMessage(), "the server's log has the details");
        }
    }

    private static <T> Outcome<T> unavailable(String what, String remedy) {
        return Outcome.refused(Outcome.Kind.UNAVAILABLE, what, remedy);
    }
}
