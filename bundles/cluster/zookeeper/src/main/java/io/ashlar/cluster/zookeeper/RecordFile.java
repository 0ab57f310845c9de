package io.ashlar.cluster.zookeeper;

import io.ashlar.base.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// [CoordinatorRecord] in a file of one line beside the secrets, for example `registered term=7`.
final class RecordFile implements CoordinatorRecord {
    static final String NAME = "coordinator.record";
    private static final Pattern LINE = Pattern.compile("(registered|new) term=(\\d{1,10})");

    private final Path file;
    private boolean registered;
    private long highestTerm;

    RecordFile(Path secretsDirectory) throws IOException {
        file = secretsDirectory.resolve(NAME);
        if (Files.exists(file)) {
            var line = LINE.matcher(OwnerOnly.read(file));
            if (!line.matches()) {
                throw new IllegalStateException(file + " is damaged; restore it from a copy");
            }
            registered = line.group(1).equals("registered");
            highestTerm = Long.parseLong(line.group(2));
        }
    }

    @Override
    public synchronized boolean registered() {
        return registered;
    }

    @Override
    public synchronized void setRegistered() {
        if (!registered) {
            write(true, highestTerm);
        }
    }

    @Override
    public synchronized long highestTerm() {
        return highestTerm;
    }

    @Override
    public synchronized void setHighestTerm(long term) {
        if (term > highestTerm) {
            write(registered, term);
        }
    }

    private void write(boolean nowRegistered, long term) {
        try {
            OwnerOnly.replace(file, (nowRegistered ? "registered" : "new") + " term=" + term + "\n");
        } catch (IOException e) {
            throw new StorageException.MediaFailed("cannot write " + file, e);
        }
        registered = nowRegistered;
        highestTerm = term;
    }
}
