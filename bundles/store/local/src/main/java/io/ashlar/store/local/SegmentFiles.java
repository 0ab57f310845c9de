package io.ashlar.store.local;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/// The segments' files that are open: as many as configured, the least recently used closed first. A file in use stays
/// open.
///
/// **Thread:** any.
final class SegmentFiles implements Closeable {
    private final Disk disk;
    private final int maxOpen;
    private final LinkedHashMap<Segment, Use> open = new LinkedHashMap<>(16, 0.75f, true);

    SegmentFiles(Disk disk, int maxOpen) {
        this.disk = disk;
        this.maxOpen = maxOpen;
    }

    /// A file that is open until this is closed, at least.
    final class Use implements AutoCloseable {
        private final DiskFile file;
        private int users;
        private boolean forgotten;

        private Use(DiskFile file) {
            this.file = file;
        }

        DiskFile file() {
            return file;
        }

        @Override
        public void close() throws IOException {
            release(this);
        }
    }

    /// @throws NoSuchFileException when the segment is gone; a new one may bear its file's name by then
    synchronized Use use(Segment segment) throws IOException {
        var use = open.get(segment);
        if (use == null) {
            if (segment.gone()) {
                throw new NoSuchFileException(segment.fileName());
            }
            makeRoom();
            use = new Use(disk.open(segment.fileName()));
            open.put(segment, use);
        }
        use.users++;
        return use;
    }

    /// Closes the file of a segment that is no more, when its last user is done.
    synchronized void forget(Segment segment) throws IOException {
        var use = open.remove(segment);
        if (use != null) {
            use.forgotten = true;
            if (use.users == 0) {
                use.file.close();
            }
        }
    }

    private synchronized void release(Use use) throws IOException {
        use.users--;
        if (use.users == 0 && use.forgotten) {
            use.file.close();
        }
    }

    private void makeRoom() throws IOException {
        var oldest = open.values().iterator();
        while (open.size() >= maxOpen && oldest.hasNext()) {
            var use = oldest.next();
            if (use.users == 0) {
                oldest.remove();
                use.file.close();
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (var segment : new ArrayList<>(open.keySet())) {
            forget(segment);
        }
    }
}
