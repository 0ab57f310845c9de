package io.ashlar.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/// The data directory's `run` folder: an exclusive lock, and what the commands must know about the process.
///
/// The lock belongs to the operating system and vanishes with the process, whatever ended it; the files beside it are
/// only as good as the identity they carry. That is why a pid is written down with its start time and boot: a number
/// alone may since have been given to someone else.
final class RunFiles implements AutoCloseable {

    private static final int STAT_START_TIME = 19; // field 22 of /proc/PID/stat, counted from behind the name's ')'

    private final Path folder;
    private final FileChannel channel;
    private final FileLock lock;

    private RunFiles(Path folder, FileChannel channel, FileLock lock) {
        this.folder = folder;
        this.channel = channel;
        this.lock = lock;
    }

    /// @throws LaunchException if another process holds the data directory, naming it
    static RunFiles lock(Path data) throws IOException {
        var folder = Files.createDirectories(data.resolve("run"));
        var channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock();
            if (lock != null) {
                return new RunFiles(folder, channel, lock);
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new LaunchException(data + " is in use by this very process", e);
        }
        channel.close();
        throw new LaunchException(data + " is in use by " + holder(folder)
                + "; stop it with 'runtime/ashlar down' or choose another directory with --data");
    }

    private static String holder(Path folder) throws IOException {
        var file = folder.resolve("ashlar.pid");
        if (!Files.isReadable(file)) {
            return "another process";
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("pid="))
                .findFirst()
                .map(line -> "process " + line.substring("pid=".length()))
                .orElse("another process");
    }

    /// Writes `ashlar.pid`: pid, start time in clock ticks since boot, and the boot's id.
    void writePid() throws IOException {
        var fields = new TreeMap<String, String>();
        fields.put("pid", Long.toString(ProcessHandle.current().pid()));
        fields.put("started", startTicks(Files.readString(Path.of("/proc/self/stat"))));
        fields.put(
                "boot",
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        write("ashlar.pid", fields);
    }

    static String startTicks(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[STAT_START_TIME];
    }

    /// Replaces a file of `name=value` lines as a whole, so that no reader sees half of it.
    void write(String name, Map<String, String> fields) throws IOException {
        var text = new StringBuilder();
        new TreeMap<>(fields)
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        var temporary = folder.resolve(name + ".new");
        Files.writeString(temporary, text);
        Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Takes the pid file away and gives the data directory free.
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(folder.resolve("ashlar.pid"));
        lock.release();
        channel.close();
    }
}
