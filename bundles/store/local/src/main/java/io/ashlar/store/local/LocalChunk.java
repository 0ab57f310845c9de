package io.ashlar.store.local;

import io.ashlar.base.BootClock;
import io.ashlar.base.ChunkId;
import io.ashlar.base.Outcome;
import io.ashlar.base.ProcessIdentity;
import io.ashlar.store.ChunkControl;
import io.ashlar.store.ChunkStore;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/// OSGi face of [ChunkService]: turns one configuration into one chunk. The control is there as long as the
/// configuration is; [ChunkStore] is registered while the chunk serves.
@Component(
        configurationPid = LocalChunk.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        service = ChunkControl.class,
        immediate = true)
@Designate(ocd = LocalChunk.Config.class, factory = true)
public final class LocalChunk implements ChunkControl {
    static final String PID = "io.ashlar.store.local";

    private static final int JOURNAL_FILES = 4;
    /// Two of the largest writes fit into a file of the journal.
    private static final long MIN_JOURNAL_BYTES = 4 * 64L * 1024 * 1024;

    private final ChunkService chunk;

    @ObjectClassDefinition(
            id = PID,
            name = "Chunk on a local directory",
            description = "One chunk service: a directory with its journal and its segments.")
    @interface Config {
        @AttributeDefinition(name = "Node", description = "The node of the topology that the chunk belongs to.")
        String nodeName();

        @AttributeDefinition(name = "Directory", description = "Of this chunk alone; made when it does not exist.")
        String dataDir();

        @AttributeDefinition(
                name = "Capacity (bytes)",
                min = "0",
                description = "What segments may take at most; 0: what the file system has.")
        long capacityBytes() default 0;

        @AttributeDefinition(
                name = "Share of the file system (percent)",
                min = "1",
                max = "100",
                description =
                        "How much of the file system's free space counts as this chunk's when no capacity is given;"
                                + " for several chunks on one file system, so that their sum is what is there.")
        int capacityPercent() default 100;

        @AttributeDefinition(
                name = "Reserve (bytes)",
                min = "0",
                description =
                        "Kept free for writes that were admitted and for recovery; no new block is allocated below it.")
        long reserveBytes() default 256L * 1024 * 1024;

        @AttributeDefinition(
                name = "Journal (bytes)",
                min = "268435456",
                description =
                        "Length of the journal, written in advance. Holds for a new directory; an old one keeps its own.")
        long journalBytes() default 256L * 1024 * 1024;

        @AttributeDefinition(name = "Host", description = "The address that others reach this chunk's node at.")
        String host() default "127.0.0.1";

        @AttributeDefinition(
                name = "Port",
                min = "0",
                max = "65535",
                description = "Tells several chunks of one host apart; 0 when the directory does.")
        int port() default 0;
    }

    @Activate
    public LocalChunk(Config config, BundleContext context, @Reference(name = "managers") Managers managers) {
        var place = new ChunkService.Place(
                config.nodeName(),
                Path.of(config.dataDir()).toAbsolutePath().normalize(),
                config.host(),
                config.port(),
                ProcessIdentity.self().machineId());
        chunk = new ChunkService(
                place, settings(config), managers, store -> publish(context, store), new BootClock(), ChunkAgent.TICK);
        chunk.begin();
    }

    static Settings settings(Config config) {
        if (config.journalBytes() < MIN_JOURNAL_BYTES) {
            throw new IllegalArgumentException(
                    "journalBytes is " + config.journalBytes() + ", the least is " + MIN_JOURNAL_BYTES);
        }
        return Settings.standard()
                .withJournal(JOURNAL_FILES, FrameHeader.wholePages(config.journalBytes() / JOURNAL_FILES))
                .withSpace(config.capacityBytes(), config.capacityPercent(), config.reserveBytes());
    }

    private static ChunkService.Published publish(BundleContext context, ChunkStore store) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ChunkStore.CHUNK_ID, store.id().value());
        var registration = context.registerService(ChunkStore.class, store, properties);
        return registration::unregister;
    }

    @Deactivate
    void deactivate() {
        chunk.end();
    }

    @Override
    public Optional<ChunkId> id() {
        return chunk.id();
    }

    @Override
    public String nodeName() {
        return chunk.place().nodeName();
    }

    @Override
    public Path directory() {
        return chunk.place().directory();
    }

    @Override
    public State state() {
        return chunk.state();
    }

    @Override
    public Optional<String> trouble() {
        return chunk.trouble();
    }

    @Override
    public Outcome<State> stop() {
        return chunk.stop();
    }

    @Override
    public Outcome<State> start() {
        return chunk.start();
    }
}
