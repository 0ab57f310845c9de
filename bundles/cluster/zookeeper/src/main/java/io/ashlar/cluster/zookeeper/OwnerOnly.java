package io.ashlar.cluster.zookeeper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// Files that only their owner can read, from the moment they exist.
final class OwnerOnly {
    static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<PosixFilePermission> OWNERS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
    private static final int MAX_BYTES = 4096;

    private OwnerOnly() {}

    /// Makes a file that does not exist yet, durably.
    static void create(Path file, String text) throws IOException {
        try (var channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /// Makes or replaces a file, durably; whoever reads it sees the old text or the new.
    static void replace(Path file, String text) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        create(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(file.getParent());
    }

    static void syncDirectory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// @throws IllegalStateException when others than the owner have any right to it, or another user owns it; with the
    ///     remedy
    static void check(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            throw new IllegalStateException(path + " is a symbolic link; put the file itself there");
        }
        var rights = EnumSet.noneOf(PosixFilePermission.class);
        rights.addAll(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        rights.removeAll(OWNERS);
        if (!rights.isEmpty()) {
            throw new IllegalStateException("others than the owner have rights to " + path
                    + ", so what is in it may be known to them; run: chmod go-rwx '" + path
                    + "', and consider new secrets");
        }
        var owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
        var self = Files.getOwner(Path.of("/proc/self"));
        if (!owner.equals(self)) {
            throw new IllegalStateException(path + " belongs to " + owner.getName() + ", but this process runs as "
                    + self.getName() + "; run as " + owner.getName() + ", or run: chown -R " + self.getName() + " '"
                    + path.getParent() + "'");
        }
    }

    /// @return the text without white space around it
    static String read(Path file) throws IOException {
        check(file);
        if (Files.size(file) > MAX_BYTES) {
            throw new IllegalStateException(file + " is longer than " + MAX_BYTES + " bytes; restore it from a copy");
        }
        return Files.readString(file, StandardCharsets.US_ASCII).strip();
    }
}
