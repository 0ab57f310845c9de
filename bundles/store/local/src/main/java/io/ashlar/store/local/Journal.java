package io.ashlar.store.local;

import io.ashlar.base.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The journal's ring of files: where the next frame goes, what is still needed, and the waiting when it is full.
///
/// **Thread:** [#append] from the log thread, [#prepare] and [#release] from the checkpointer's.
final class Journal implements Closeable {
    private static final int PREPARE_BYTES = 1024 * 1024;

    private final UUID store;
    private final long fileBytes;
    private final List<DiskFile> files = new ArrayList<>();
    private final boolean[] prepared;
    private JournalPosition head;
    private volatile JournalPosition applied;
    private JournalPosition tail; // guarded by this, as prepared and closed are
    private boolean closed;

    private Journal(UUID store, int files, long fileBytes) {
        this.store = store;
        this.fileBytes = fileBytes;
        this.prepared = new boolean[files];
    }

    static String nameOf(int file) {
        return "journal/" + file + ".log";
    }

    /// Opens the files that are there, makes those that are not; none is ready to be written but those of full length.
    static Journal open(Disk disk, UUID store, int files, long fileBytes) throws IOException {
        var journal = new Journal(store, files, fileBytes);
        try {
            for (int i = 0; i < files; i++) {
                var file = disk.create(nameOf(i));
                journal.files.add(file);
                journal.prepared[i] = file.size() == fileBytes;
            }
            disk.syncDirectory("journal");
            return journal;
        } catch (IOException e) {
            journal.close();
            throw e;
        }
    }

    int fileCount() {
        return prepared.length;
    }

    long fileBytes() {
        return fileBytes;
    }

    DiskFile file(int index) {
        return files.get(index);
    }

    /// Begins at a place: nothing before it is needed.
    void startAt(JournalPosition position) throws IOException {
        prepare(position.file());
        head = position;
        applied = position;
        synchronized (this) {
            tail = position;
        }
    }

    JournalPosition head() {
        return head;
    }

    /// Writes one frame and makes it durable. Waits while the journal is full.
    ///
    /// @throws StorageException.Unavailable when the journal was closed while it waited
    void append(FrameBuilder frame) throws IOException, InterruptedException {
        long bytes = frame.frameBytes();
        if (head.offset() + bytes > fileBytes) {
            head = freeFile(head.nextFile(fileCount()));
        }
        var file = files.get(head.file());
        file.write(frame.seal(head, store), head.offset());
        file.force();
        head = head.after(bytes);
    }

    private synchronized JournalPosition freeFile(JournalPosition next) throws InterruptedException {
        while (!closed && (!prepared[next.file()] || tail.file() == next.file())) {
            wait();
        }
        if (closed) {
            throw new StorageException.Unavailable("the journal was closed");
        }
        return next;
    }

    /// Tells that everything before the head is in the segments' files (though perhaps not durable there).
    void applied() {
        applied = head;
    }

    /// @return the place up to which all is applied
    JournalPosition appliedUpTo() {
        return applied;
    }

    /// Gives free what lies before a place.
    synchronized void release(JournalPosition newTail) {
        tail = newTail;
        notifyAll();
    }

    synchronized JournalPosition tail() {
        return tail;
    }

    /// @return bytes between tail and what is applied, counting the rest of a file left behind
    long usedBytes() {
        var from = tail();
        var to = applied;
        long distance = (long) (to.file() - from.file()) * fileBytes + to.offset() - from.offset();
        return distance >= 0 ? distance : distance + fileCount() * fileBytes;
    }

    /// Writes zeros over the files that are not of full length yet: a sync into a hole costs three times as much.
    void prepareAll() throws IOException {
        for (int i = 0; i < fileCount(); i++) {
            prepare(i);
        }
    }

    private void prepare(int index) throws IOException {
        synchronized (this) {
            if (prepared[index] || closed) {
                return;
            }
        }
        var file = files.get(index);
        var zeros = ByteBuffer.allocateDirect((int) Math.min(PREPARE_BYTES, fileBytes));
        for (long at = 0; at < fileBytes; ) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), fileBytes - at));
            int count = zeros.remaining();
            file.write(zeros, at);
            at += count;
        }
        file.force();
        synchronized (this) {
            prepared[index] = true;
            notifyAll();
        }
    }

    /// Wakes a waiting writer, for good.
    synchronized void shut() {
        closed = true;
        notifyAll();
    }

    void forceAll() throws IOException {
        for (var file : files) {
            file.force();
        }
    }

    @Override
    public void close() throws IOException {
        shut();
        for (var file : files) {
            file.close();
        }
    }
}
