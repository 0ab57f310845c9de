package io.ashlar.base;

/// The world let us down: a chunk, a disk, a peer, a quorum. The type says what happened, [#advice()] what to do next.
///
/// A bug is never a `StorageException`; a "no" that was to be expected is a result, not an exception.
public abstract sealed class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What the caller should do.
    public enum Advice {
        /// The same call may succeed later; nothing was changed.
        RETRY,
        /// Read a newer view of the cluster, then decide again.
        REFRESH,
        /// No retry will help; report it.
        GIVE_UP,
        /// This node's own state is suspect; stop serving before doing harm.
        STOP_NODE
    }

    private final Advice advice;

    private StorageException(Advice advice, String message, Throwable cause) {
        super(message, cause);
        this.advice = advice;
    }

    public final Advice advice() {
        return advice;
    }

    /// Somebody who is needed does not answer in time.
    public static final class Unavailable extends StorageException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message) {
            this(message, null);
        }

        public Unavailable(String message, Throwable cause) {
            super(Advice.RETRY, message, cause);
        }
    }

    /// The caller acts for a term, lease or version that is over.
    public static final class StaleEpoch extends StorageException {
        private static final long serialVersionUID = 1L;

        public StaleEpoch(String message) {
            super(Advice.REFRESH, message, null);
        }
    }

    /// A disk or file failed; the data behind it cannot be had from here.
    public static final class MediaFailed extends StorageException {
        private static final long serialVersionUID = 1L;

        public MediaFailed(String message, Throwable cause) {
            super(Advice.GIVE_UP, message, cause);
        }
    }

    /// What was stored is not what is read back, and nothing here can restore it.
    public static final class DataLost extends StorageException {
        private static final long serialVersionUID = 1L;

        public DataLost(String message) {
            super(Advice.GIVE_UP, message, null);
        }
    }

    /// State of this node contradicts itself.
    public static final class Inconsistent extends StorageException {
        private static final long serialVersionUID = 1L;

        public Inconsistent(String message) {
            super(Advice.STOP_NODE, message, null);
        }
    }
}
