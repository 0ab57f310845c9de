package io.ashlar.store.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A directory of the operating system.
record LocalDisk(Path root) implements Disk {
    @Override
    public DiskFile open(String name) throws IOException {
        var path = root.resolve(name);
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        return new LocalFile(path);
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new LocalFile(root.resolve(name));
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(root.resolve(name));
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (var paths = Files.list(root.resolve(directory))) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public void makeDirectory(String name) throws IOException {
        Files.createDirectories(root.resolve(name));
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(root.resolve(name));
    }

    @Override
    public void syncDirectory(String name) throws IOException {
        try (var directory = FileChannel.open(root.resolve(name), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        var target = root.resolve(name);
        var draft = root.resolve(name + ".new");
        try (var channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var directory = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public byte[] content(String name) throws IOException {
        return Files.readAllBytes(root.resolve(name));
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }
}
