package io.ashlar.meta.leveldb;

import io.ashlar.meta.MetaBatch;
import io.ashlar.meta.MetaStore;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// OSGi face of [TableStore]: opens it with the configuration, closes it when the configuration or the bundle goes.
@Component(configurationPid = LevelDbMetaStore.PID, configurationPolicy = ConfigurationPolicy.REQUIRE, immediate = true)
@Designate(ocd = LevelDbMetaStore.Config.class)
public final class LevelDbMetaStore implements MetaStore {
    static final String PID = "io.ashlar.meta.leveldb";

    @ObjectClassDefinition(
            id = PID,
            name = "Metadata: LevelDB",
            description = "Keeps the managers' tables on this node's disk.")
    @interface Config {
        @AttributeDefinition(
                name = "Directory",
                description = "Where the database and its commit mark lie. Copy or restore it only as a whole.")
        String dataDir();
    }

    private static final Logger LOG = LoggerFactory.getLogger(LevelDbMetaStore.class);

    private final TableStore store;

    @Activate
    public LevelDbMetaStore(Config config) {
        var directory = config.dataDir();
        if (directory == null || directory.isBlank()) {
            throw new IllegalArgumentException("set dataDir of " + PID + " to the directory of the metadata");
        }
        store = opened(Path.of(directory));
    }

    /// What a constructor throws is not sure to be found in the log; an operator must find this.
    private static TableStore opened(Path directory) {
        try {
            return TableStore.open(directory);
        } catch (RuntimeException e) {
            LOG.error("this node has no metadata: {}", e.getMessage(), e);
            throw e;
        }
    }

    @Deactivate
    void close() {
        store.close();
    }

    @Override
    public Optional<byte[]> get(String table, byte[] key) {
        return store.get(table, key);
    }

    @Override
    public void scan(String table, byte[] fromKey, Visitor visitor) {
        store.scan(table, fromKey, visitor);
    }

    @Override
    public void commit(long term, MetaBatch batch) {
        store.commit(term, batch);
    }
}
