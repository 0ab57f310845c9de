package io.ashlar.store.local;

import io.ashlar.base.ChunkId;
import io.ashlar.base.MonotonicClock;
import io.ashlar.base.Outcome;
import io.ashlar.base.StorageException;
import io.ashlar.store.ChunkControl;
import io.ashlar.store.ChunkStats;
import io.ashlar.store.ChunkStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of one chunk: opens its directory, serves it, tells the chunk manager about it every second, and closes it.
///
/// One thread of its own does all that may wait: opening, registering, heartbeats, garbage. What was known when the
/// chunk was opened is served without any manager (CM-34).
///
/// **Thread:** any.
final class ChunkService {
    private static final Logger LOG = LoggerFactory.getLogger(ChunkService.class);
    private static final Duration END_WAIT = Duration.ofSeconds(90);
    static final String STOPPED_MARKER = "stopped";

    private final Place place;
    private final Settings settings;
    private final Managers managers;
    private final Function<ChunkStore, Published> publisher;
    private final MonotonicClock clock;
    private final Duration tick;
    private final Thread agent;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /// All guarded by the lock; the volatile ones are read without.
    private volatile ChunkControl.State state = ChunkControl.State.STARTING;
    private volatile String trouble = "";
    private volatile StoreIdentity identity;
    private volatile Engine engine;
    private DirectoryLock directoryLock;
    private Published published;
    private boolean ending;
    private boolean hurry;

    /// Where a chunk is.
    record Place(String nodeName, Path directory, String host, int port, String machineId) {}

    /// A service that can be taken back.
    interface Published {
        void withdraw();
    }

    /// @param publisher registers the store as a service
    /// @param tick time between heartbeats
    ChunkService(
            Place place,
            Settings settings,
            Managers managers,
            Function<ChunkStore, Published> publisher,
            MonotonicClock clock,
            Duration tick) {
        this.place = place;
        this.settings = settings;
        this.managers = managers;
        this.publisher = publisher;
        this.clock = clock;
        this.tick = tick;
        this.agent = Thread.ofPlatform()
                .daemon()
                .name("store-agent-" + place.nodeName)
                .unstarted(this::run);
    }

    Place place() {
        return place;
    }

    Optional<ChunkId> id() {
        var known = identity;
        return known == null ? Optional.empty() : known.id();
    }

    ChunkControl.State state() {
        return state;
    }

    Optional<String> trouble() {
        return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }

    /// Begins in the background.
    void begin() {
        agent.start();
    }

    /// Closes, but stays started: the next one opens again.
    void end() {
        lock.lock();
        try {
            ending = true;
            close(ChunkControl.State.STOPPED, "the chunk's bundle is stopping");
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (!agent.join(END_WAIT)) {
                LOG.error("chunk {}: its thread does not end; a manager hangs", place.directory);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Outcome<ChunkControl.State> stop() {
        lock.lock();
        try {
            if (state == ChunkControl.State.STOPPED) {
                return Outcome.ok(state);
            }
            Files.createDirectories(place.directory);
            Files.write(place.directory.resolve(STOPPED_MARKER), new byte[0]);
            new LocalDisk(place.directory).syncDirectory(".");
            close(ChunkControl.State.STOPPED, "stopped by an operator");
            changed.signalAll();
            return Outcome.ok(state);
        } catch (IOException e) {
            return Outcome.refused(
                    Outcome.Kind.UNAVAILABLE,
                    "chunk " + place.directory + " cannot be marked as stopped: " + e,
                    "look at the disk of that directory");
        } finally {
            lock.unlock();
        }
    }

    Outcome<ChunkControl.State> start() {
        lock.lock();
        try {
            if (ending) {
                return Outcome.refused(
                        Outcome.Kind.UNAVAILABLE,
                        "chunk " + place.directory + " is going away",
                        "try again in a moment");
            }
            if (state == ChunkControl.State.SERVING || state == ChunkControl.State.STARTING) {
                return Outcome.ok(state);
            }
            Files.deleteIfExists(place.directory.resolve(STOPPED_MARKER));
            close(ChunkControl.State.STARTING, "started anew");
            if (state == ChunkControl.State.STARTING) {
                open();
            }
            hurry = true; // the chunk manager should hear of it at once
            changed.signalAll();
            return state == ChunkControl.State.FAILED
                    ? Outcome.refused(
                            Outcome.Kind.UNAVAILABLE,
                            "chunk " + place.directory + " does not start: " + trouble,
                            "mend what is named, then start it again")
                    : Outcome.ok(state);
        } catch (IOException e) {
            return Outcome.refused(
                    Outcome.Kind.UNAVAILABLE,
                    "chunk " + place.directory + " cannot be started: " + e,
                    "look at the disk of that directory");
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        var agentOf = new ChunkAgent(this, managers, clock);
        openUnlessStopped();
        while (true) {
            lock.lock();
            try {
                if (ending) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            agentOf.tick();
            pause(tick);
        }
    }

    private void openUnlessStopped() {
        lock.lock();
        try {
            if (ending) {
                return;
            }
            if (Files.exists(place.directory.resolve(STOPPED_MARKER))) {
                state = ChunkControl.State.STOPPED;
                LOG.info("chunk {} stays stopped", place.directory);
                loadIdentity();
            } else {
                open();
            }
        } finally {
            lock.unlock();
        }
    }

    private void loadIdentity() {
        try {
            identity = StoreIdentity.read(new LocalDisk(place.directory));
        } catch (IOException | StorageException e) {
            trouble = "its identity is not readable: " + e.getMessage();
        }
    }

    private void pause(Duration time) {
        lock.lock();
        try {
            long left = time.toNanos();
            while (!ending && !hurry && left > 0) {
                left = changed.awaitNanos(left);
            }
            hurry = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ending = true;
        } finally {
            lock.unlock();
        }
    }

    /// Opens the directory, and serves it at once when its cid is known. Called with the lock held.
    private void open() {
        state = ChunkControl.State.STARTING;
        trouble = "";
        try {
            Files.createDirectories(place.directory);
            var taken = DirectoryLock.take(place.directory);
            if (taken.isEmpty()) {
                trouble = "another instance has its directory open";
                return;
            }
            directoryLock = taken.get();
            var opener = new EngineOpener(new LocalDisk(place.directory), settings);
            identity = opener.formatted();
            engine = opener.open(identity, place.nodeName, this::failed);
            engine.start();
            serveIfKnown();
        } catch (IOException | StorageException e) {
            LOG.error("chunk {} does not open", place.directory, e);
            trouble = "it does not open: " + e.getMessage();
            state = ChunkControl.State.FAILED;
            unlock();
        }
    }

    private void serveIfKnown() {
        var known = identity.id();
        if (known.isPresent() && published == null) {
            published = publisher.apply(new LocalChunkStore(known.get(), engine));
            state = ChunkControl.State.SERVING;
            LOG.info("chunk {} serves as {}", place.directory, known.get());
        }
    }

    /// Called by the engine, on a thread of its own that must not wait: the agent acts on it.
    private void failed(StorageException cause) {
        LOG.error("chunk {} failed and is taken out of service", place.directory, cause);
        trouble = cause.getMessage();
    }

    /// Called with the lock held.
    private void close(ChunkControl.State next, String why) {
        withdraw();
        boolean quiet = engine == null || closeEngine(why);
        if (quiet) {
            unlock();
            engine = null;
            trouble = "";
            state = next;
        } else {
            // its threads may still write: nobody else may open the directory (S15)
            trouble = "it does not close, its disk hangs; the process has to be ended";
            state = ChunkControl.State.FAILED;
        }
    }

    /// @return whether nothing of it touches the disk any more
    private boolean closeEngine(String why) {
        sayStopping(why);
        try {
            engine.close();
        } catch (IOException e) {
            LOG.error(
                    "chunk {} did not close clean; its journal will be gone through when it opens", place.directory, e);
        }
        return engine.quiet();
    }

    private void withdraw() {
        if (published != null) {
            published.withdraw();
            published = null;
        }
    }

    private void sayStopping(String why) {
        try {
            if (id().isPresent()) {
                managers.chunks().ifPresent(manager -> manager.stopping(id().get(), why));
            }
        } catch (StorageException e) {
            LOG.info("chunk {}: the chunk manager was not told that it stops: {}", place.directory, e.getMessage());
        }
    }

    private void unlock() {
        try {
            if (directoryLock != null) {
                directoryLock.close();
            }
        } catch (IOException e) {
            LOG.error("chunk {}: its lock does not close", place.directory, e);
        }
        directoryLock = null;
    }

    // ---- what the agent asks and tells ----------------------------------------------------------------------------

    /// What the agent works with; empty while the chunk is not open.
    record Open(StoreIdentity identity, Engine engine) {
        ChunkStats stats() {
            return engine.stats();
        }
    }

    /// Looks after the state: takes a failed chunk out of service, tries an occupied directory again.
    Optional<Open> look() {
        lock.lock();
        try {
            if (ending || state == ChunkControl.State.STOPPED) {
                return Optional.empty();
            }
            if (engine == null) {
                if (state == ChunkControl.State.STARTING) {
                    open();
                }
            } else if (engine.failure() != null && state != ChunkControl.State.FAILED) {
                withdraw();
                state = ChunkControl.State.FAILED;
                trouble = engine.failure().getMessage();
            }
            return engine == null ? Optional.empty() : Optional.of(new Open(identity, engine));
        } finally {
            lock.unlock();
        }
    }

    /// Takes the cid that the manager gave, for good.
    void joined(Open open, UUID cluster, ChunkId cid) {
        lock.lock();
        try {
            if (engine != open.engine) {
                return;
            }
            if (identity.id().isEmpty()) {
                var now = identity.joined(cluster, cid);
                now.write(new LocalDisk(place.directory));
                identity = now;
            } else if (!identity.id().get().equals(cid)) {
                refuse(
                        open,
                        "the chunk manager knows it as " + cid + ", its own identity says "
                                + identity.id().get());
                return;
            }
            if (engine.failure() == null && published == null) {
                trouble = ""; // also that of an earlier refusal
                serveIfKnown();
            }
        } catch (IOException e) {
            refuse(open, "its identity cannot be written: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /// Stops serving: the manager, or its own papers, say that it does not belong here.
    void refuse(Open open, String why) {
        leaveService(open, ChunkControl.State.FAILED, why);
    }

    /// Does not serve until the manager takes it: it may be a copy of a chunk that lives elsewhere.
    void waitFor(Open open, String why) {
        leaveService(open, ChunkControl.State.STARTING, why);
    }

    private void leaveService(Open open, ChunkControl.State next, String why) {
        lock.lock();
        try {
            boolean news = state != next || !why.equals(trouble);
            if (engine == open.engine && engine.failure() == null && news) {
                LOG.error("chunk {} is out of service: {}", place.directory, why);
                withdraw();
                state = next;
                trouble = why;
            }
        } finally {
            lock.unlock();
        }
    }
}
