package io.ashlar.store.local;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/// A disk in memory that knows what was synced. When power is lost, each page that was written since its last sync
/// keeps any of the states it had, torn at 512 bytes; names that were not synced stay or go. Pages are never changed in
/// place.
final class MemoryDisk implements Disk {
    private static final int PAGE = 4096;
    private static final int TEAR = 512;
    private static final byte[] ZEROS = new byte[PAGE];

    private final Map<String, Image> names = new TreeMap<>();
    private final Map<String, Image> durableNames = new TreeMap<>();
    private final TreeSet<String> directories = new TreeSet<>();
    private long operationsLeft = Long.MAX_VALUE;
    private long usable = 1L << 40;
    private long operations;
    private boolean syncFails;
    private boolean deadly;
    private boolean dead;

    private static final class Image {
        final Map<Long, byte[]> pages = new HashMap<>();
        final Map<Long, byte[]> durable = new HashMap<>();
        final Map<Long, List<byte[]>> unsynced = new HashMap<>();
        long size;
        long durableSize;
    }

    /// Loses power after so many more operations.
    synchronized void losePowerAfter(long operations) {
        operationsLeft = operations;
    }

    synchronized boolean powerLost() {
        return dead;
    }

    synchronized void losePower() {
        dead = true;
    }

    synchronized void failSyncs() {
        syncFails = true;
    }

    /// From now on a write ends the thread that tries it.
    synchronized void dieOfWrites() {
        deadly = true;
    }

    synchronized void setUsable(long bytes) {
        usable = bytes;
    }

    /// @return the disk as another process finds it after this one was killed: nothing is lost, nothing is synced by
    ///     that
    synchronized MemoryDisk afterKill() {
        dead = true;
        var copy = new MemoryDisk();
        copy.directories.addAll(directories);
        copy.names.putAll(names);
        copy.durableNames.putAll(durableNames);
        return copy;
    }

    /// @return a disk of its own with the same content, all of it synced
    synchronized MemoryDisk copy() {
        var copy = new MemoryDisk();
        copy.directories.addAll(directories);
        names.forEach((name, image) -> copy.names.put(name, stable(image.pages, image.size)));
        copy.durableNames.putAll(copy.names);
        return copy;
    }

    /// @return the disk as it may be when power has come back
    synchronized MemoryDisk afterPowerLoss(Random random) {
        dead = true;
        var survivors = new MemoryDisk();
        survivors.directories.addAll(directories);
        var all = new TreeSet<>(names.keySet());
        all.addAll(durableNames.keySet());
        for (var name : all) {
            var image = random.nextBoolean() ? names.get(name) : durableNames.get(name);
            if (image != null) {
                survivors.names.put(name, afterPowerLoss(image, random));
            }
        }
        survivors.durableNames.putAll(survivors.names);
        return survivors;
    }

    private static Image afterPowerLoss(Image image, Random random) {
        var pages = new HashMap<>(image.durable);
        for (var entry : image.unsynced.entrySet()) {
            var states = new ArrayList<byte[]>();
            states.add(image.durable.getOrDefault(entry.getKey(), ZEROS));
            states.addAll(entry.getValue());
            byte[] kept = states.get(random.nextInt(states.size()));
            if (random.nextInt(4) == 0) {
                byte[] other = states.get(random.nextInt(states.size()));
                kept = kept.clone();
                int tear = random.nextInt(PAGE / TEAR) * TEAR;
                System.arraycopy(other, tear, kept, tear, PAGE - tear);
            }
            pages.put(entry.getKey(), kept);
        }
        return stable(pages, random.nextBoolean() ? image.size : image.durableSize);
    }

    private static Image stable(Map<Long, byte[]> pages, long size) {
        var image = new Image();
        image.pages.putAll(pages);
        image.durable.putAll(pages);
        image.size = size;
        image.durableSize = size;
        return image;
    }

    /// An empty disk again.
    synchronized void clear() {
        names.clear();
        durableNames.clear();
        directories.clear();
    }

    /// Turns one bit over, behind the store's back.
    synchronized void flip(String name, long position, int bit) {
        var image = names.get(name);
        var page = image.pages.getOrDefault(position / PAGE, ZEROS).clone();
        page[(int) (position % PAGE)] ^= (byte) (1 << bit);
        image.pages.put(position / PAGE, page);
        image.durable.put(position / PAGE, page);
    }

    /// Zeroes a file from a position on, as if its end had never been written.
    synchronized void lose(String name, long position, long end) {
        for (long at = position; at < end; at++) {
            var image = names.get(name);
            var page = image.pages.getOrDefault(at / PAGE, ZEROS).clone();
            int from = (int) (at % PAGE);
            int to = (int) Math.min(PAGE, from + end - at);
            Arrays.fill(page, from, to, (byte) 0);
            image.pages.put(at / PAGE, page);
            image.durable.put(at / PAGE, page);
            at += to - from - 1;
        }
    }

    synchronized long pagesOf(String name) {
        return names.get(name).pages.values().stream()
                .filter(page -> page != ZEROS)
                .count();
    }

    synchronized long operations() {
        return operations;
    }

    private void operation() throws IOException {
        operations++;
        if (dead || operationsLeft-- <= 0) {
            dead = true;
            throw new IOException("power is lost");
        }
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        operation();
        var image = names.get(name);
        if (image == null) {
            throw new NoSuchFileException(name);
        }
        return new MemoryFile(image);
    }

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        operation();
        return new MemoryFile(names.computeIfAbsent(name, n -> new Image()));
    }

    @Override
    public synchronized boolean exists(String name) throws IOException {
        operation();
        return names.containsKey(name) || directories.contains(name);
    }

    @Override
    public synchronized List<String> list(String directory) throws IOException {
        operation();
        var found = new TreeSet<String>();
        for (var name : names.keySet()) {
            if (name.startsWith(directory + "/")) {
                found.add(name.substring(directory.length() + 1).split("/")[0]);
            }
        }
        return List.copyOf(found);
    }

    @Override
    public synchronized void makeDirectory(String name) throws IOException {
        operation();
        directories.add(name);
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        operation();
        names.remove(name);
    }

    @Override
    public synchronized void syncDirectory(String name) throws IOException {
        operation();
        var prefix = name.equals(".") ? "" : name + "/";
        durableNames.keySet().removeIf(key -> inDirectory(key, prefix));
        names.forEach((key, image) -> {
            if (inDirectory(key, prefix)) {
                durableNames.put(key, image);
            }
        });
    }

    private static boolean inDirectory(String name, String prefix) {
        return name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0;
    }

    @Override
    public synchronized void replace(String name, byte[] content) throws IOException {
        operation();
        var padded = new byte[PAGE];
        System.arraycopy(content, 0, padded, 0, content.length);
        var image = stable(Map.of(0L, padded), content.length);
        names.put(name, image);
        durableNames.put(name, image);
    }

    @Override
    public synchronized byte[] content(String name) throws IOException {
        operation();
        var image = names.get(name);
        if (image == null) {
            throw new NoSuchFileException(name);
        }
        return Arrays.copyOf(image.pages.get(0L), (int) image.size);
    }

    @Override
    public synchronized long usableBytes() throws IOException {
        operation();
        return usable;
    }

    private final class MemoryFile implements DiskFile {
        private final Image image;

        MemoryFile(Image image) {
            this.image = image;
        }

        @Override
        public long size() throws IOException {
            synchronized (MemoryDisk.this) {
                operation();
                return image.size;
            }
        }

        @Override
        public void setSize(long bytes) throws IOException {
            synchronized (MemoryDisk.this) {
                operation();
                if (bytes < image.size) {
                    for (var page : List.copyOf(image.pages.keySet())) {
                        if (page * PAGE >= bytes) {
                            put(page, ZEROS);
                        }
                    }
                }
                image.size = bytes;
            }
        }

        @Override
        public void read(ByteBuffer into, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                operation();
                if (position + into.remaining() > image.size) {
                    throw new EOFException();
                }
                for (long at = position; into.hasRemaining(); ) {
                    int from = (int) (at % PAGE);
                    int count = Math.min(PAGE - from, into.remaining());
                    into.put(image.pages.getOrDefault(at / PAGE, ZEROS), from, count);
                    at += count;
                }
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (MemoryDisk.this) {
                operation();
                if (deadly) {
                    throw new OutOfMemoryError("as a test wants it");
                }
                long at = position;
                while (from.hasRemaining()) {
                    int to = (int) (at % PAGE);
                    int count = Math.min(PAGE - to, from.remaining());
                    var page = image.pages.getOrDefault(at / PAGE, ZEROS).clone();
                    from.get(page, to, count);
                    put(at / PAGE, page);
                    at += count;
                }
                image.size = Math.max(image.size, at);
            }
        }

        private void put(long index, byte[] page) {
            image.pages.put(index, page);
            image.unsynced.computeIfAbsent(index, i -> new ArrayList<>()).add(page);
        }

        @Override
        public void write(ByteBuffer[] from, long position) throws IOException {
            long at = position;
            for (var buffer : from) {
                int count = buffer.remaining();
                write(buffer, at);
                at += count;
            }
        }

        @Override
        public void zero(long position, long length) throws IOException {
            long at = position;
            while (at < position + length) {
                int count = (int) Math.min(PAGE - at % PAGE, position + length - at);
                write(ByteBuffer.allocate(count), at);
                at += count;
            }
        }

        @Override
        public void punch(long position, long length) throws IOException {
            synchronized (MemoryDisk.this) {
                operation();
                for (long at = position; at < position + length; at += PAGE) {
                    put(at / PAGE, ZEROS);
                }
            }
        }

        @Override
        public void reserve(long position, long length) throws IOException {
            synchronized (MemoryDisk.this) {
                operation();
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (MemoryDisk.this) {
                operation();
                if (syncFails) {
                    throw new IOException("the sync failed");
                }
                image.unsynced.forEach((index, states) -> image.durable.put(index, states.getLast()));
                image.unsynced.clear();
                image.durableSize = image.size;
            }
        }

        @Override
        public void close() {
            // the image stays
        }
    }
}
