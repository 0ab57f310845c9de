package io.ashlar.store.local;

import io.ashlar.base.Pid;
import io.ashlar.base.StorageException;
import io.ashlar.base.Units;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens a chunk's directory: makes it where it is empty, loads what every segment is, brings the files up to the end
/// of the journal, and moves the journal's tail there before anything is answered.
final class EngineOpener {
    private static final Logger LOG = LoggerFactory.getLogger(EngineOpener.class);

    private final Disk disk;
    private final Settings settings;

    EngineOpener(Disk disk, Settings settings) {
        this.disk = disk;
        this.settings = settings;
    }

    /// Makes a directory that is empty (or whose making was cut short) into a chunk's; leaves a chunk's as it is.
    StoreIdentity formatted() throws IOException {
        if (disk.exists(StoreIdentity.FILE)) {
            return StoreIdentity.read(disk);
        }
        if (disk.exists(SegmentLayout.DIRECTORY) && !segmentsOnDisk().isEmpty()) {
            throw new StorageException.DataLost(
                    "the directory holds segments but its file '" + StoreIdentity.FILE + "' is lost");
        }
        var identity = StoreIdentity.draw();
        disk.makeDirectory("journal");
        disk.delete(Checkpoint.FILE);
        for (int i = 0; i < settings.journalFiles(); i++) {
            disk.delete(Journal.nameOf(i));
        }
        new SegmentIo(disk, identity.store(), new SegmentFiles(disk, settings.openFiles())).makeDirectories();
        try (var file = disk.create(Checkpoint.FILE)) {
            var first = new Checkpoint(
                    1, settings.journalFiles(), settings.journalFileBytes(), JournalPosition.START, true);
            first.write(file, identity.store());
            first.next(JournalPosition.START, true).write(file, identity.store());
        }
        disk.syncDirectory("journal");
        disk.syncDirectory(".");
        identity.write(disk);
        return identity;
    }

    /// @param onFailure told once when the partition fails, on a thread that must not wait
    Engine open(StoreIdentity identity, String name, Consumer<StorageException> onFailure) throws IOException {
        var store = identity.store();
        var io = new SegmentIo(disk, store, new SegmentFiles(disk, settings.openFiles()));
        var opened = new ArrayList<Closeable>(List.of(io.files()));
        try {
            var checkpointFile = disk.open(Checkpoint.FILE);
            opened.add(checkpointFile);
            var checkpoint = Checkpoint.read(checkpointFile, store)
                    .orElseThrow(
                            () -> new StorageException.DataLost("both slots of '" + Checkpoint.FILE + "' are damaged"));
            var journal = Journal.open(disk, store, checkpoint.files(), checkpoint.fileBytes());
            opened.add(journal);
            var segments = new SegmentTable();
            var replay = new Replay(journal, segments, io, load(segments, io));
            var touched = bringUp(name, store, journal, checkpoint, replay);

            var space = new Space(disk, settings.capacityBytes(), settings.capacityPercent(), settings.reserveBytes());
            segments.all()
                    .forEach(segment -> space.found(segment.admitted().blocks().count(0, Units.BLOCKS_PER_EXTENT)));
            var health = new Health(onFailure);
            var checkpointer = new Checkpointer(
                    disk, store, journal, io, checkpointFile, checkpoint, space, health, settings.checkpointMillis());
            touched.forEach(checkpointer::touched);
            replay.names().forEach(checkpointer::touchedName);
            checkpointer.checkpoint(false);
            return new Engine(new Engine.Parts(
                    name, disk, settings, segments, journal, io, checkpointer, checkpointFile, space, health));
        } catch (IOException | RuntimeException e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private static Set<Segment> bringUp(String name, UUID store, Journal journal, Checkpoint checkpoint, Replay replay)
            throws IOException {
        long startNanos = System.nanoTime();
        var content = new JournalScan(journal, store).run(checkpoint.tail(), checkpoint.clean());
        // what the page cache kept of a killed process must be durable before it is told to anybody
        journal.forceAll();
        var touched = replay.run(content);
        journal.startAt(content.end());
        if (!content.frames().isEmpty()) {
            LOG.info(
                    "chunk {}: {} frames of the journal done again in {} ms",
                    name,
                    content.frames().size(),
                    (System.nanoTime() - startNanos) / 1_000_000);
        }
        return touched;
    }

    private static void closeAll(List<Closeable> opened, Exception because) {
        for (var each : opened) {
            try {
                each.close();
            } catch (IOException e) {
                because.addSuppressed(e);
            }
        }
    }

    /// @return the segments whose newest header may be lost
    private List<Segment> load(SegmentTable segments, SegmentIo io) throws IOException {
        var doubtful = new ArrayList<Segment>();
        for (var pid : segmentsOnDisk()) {
            var headers = io.readHeaders(pid);
            var segment = headers.header().map(Segment::loaded).orElseGet(() -> Segment.unreadable(pid));
            if (!headers.sure()) {
                doubtful.add(segment);
            }
            segments.put(segment);
        }
        return doubtful;
    }

    private List<Pid> segmentsOnDisk() throws IOException {
        var pids = new ArrayList<Pid>();
        for (var directory : disk.list(SegmentLayout.DIRECTORY)) {
            if (!SegmentLayout.isDirectory(directory)) {
                continue;
            }
            for (var name : disk.list(SegmentLayout.DIRECTORY + "/" + directory)) {
                SegmentLayout.pidOf(name).ifPresent(pid -> pids.add(new Pid(pid)));
            }
        }
        return pids;
    }
}
