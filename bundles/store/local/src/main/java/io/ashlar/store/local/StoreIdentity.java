package io.ashlar.store.local;

import io.ashlar.base.ChunkId;
import io.ashlar.base.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Who a chunk's directory is.
///
/// @param store drawn when the directory was made; every record and header bears it
/// @param cluster the cluster that it belongs to, once it has joined one
/// @param id the cid that it was given there
record StoreIdentity(UUID store, Optional<UUID> cluster, Optional<ChunkId> id) {
    static final String FILE = "identity";
    static final int FORMAT = 1;

    private static final String CHECKSUM = "crc32c=";

    static StoreIdentity draw() {
        return new StoreIdentity(UUID.randomUUID(), Optional.empty(), Optional.empty());
    }

    StoreIdentity joined(UUID clusterUuid, ChunkId cid) {
        return new StoreIdentity(store, Optional.of(clusterUuid), Optional.of(cid));
    }

    void write(Disk disk) throws IOException {
        var text = new StringBuilder("format=" + FORMAT + "\nstore=" + store + "\n");
        cluster.ifPresent(uuid -> text.append("cluster=").append(uuid).append('\n'));
        id.ifPresent(cid -> text.append("cid=").append(cid.value()).append('\n'));
        String checksum = checksumOf(text.toString());
        text.append(CHECKSUM).append(checksum).append('\n');
        disk.replace(FILE, text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    static StoreIdentity read(Disk disk) throws IOException {
        var text = new String(disk.content(FILE), StandardCharsets.US_ASCII);
        int end = text.indexOf(CHECKSUM);
        if (end < 0 || !text.substring(end + CHECKSUM.length()).strip().equals(checksumOf(text.substring(0, end)))) {
            throw new StorageException.DataLost("the file '" + FILE + "' is damaged");
        }
        var values = new HashMap<String, String>();
        text.substring(0, end).lines().forEach(line -> {
            int at = line.indexOf('=');
            values.put(line.substring(0, at), line.substring(at + 1));
        });
        if (!Integer.toString(FORMAT).equals(values.get("format"))) {
            throw new StorageException.Inconsistent(
                    "the directory has format " + values.get("format") + ", this version knows " + FORMAT);
        }
        return new StoreIdentity(
                UUID.fromString(values.get("store")),
                Optional.ofNullable(values.get("cluster")).map(UUID::fromString),
                Optional.ofNullable(values.get("cid")).map(cid -> new ChunkId(Integer.parseInt(cid))));
    }

    private static String checksumOf(String text) {
        var crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return Long.toHexString(crc.getValue());
    }
}
