package io.ashlar.store.local;

/// A place in the journal, between two frames.
///
/// @param file index of the journal's file
/// @param offset bytes from the file's beginning, multiple of the page
/// @param lap how often the writer has come round to its first file
/// @param sequence of the frame that stands, or will stand, here
record JournalPosition(int file, long offset, long lap, long sequence) {
    static final JournalPosition START = new JournalPosition(0, 0, 1, 1);

    /// @return the place behind a frame of this length that stands here
    JournalPosition after(long frameBytes) {
        return new JournalPosition(file, offset + frameBytes, lap, sequence + 1);
    }

    /// @return the beginning of the next file, for the same frame
    JournalPosition nextFile(int files) {
        int next = (file + 1) % files;
        return new JournalPosition(next, 0, next == 0 ? lap + 1 : lap, sequence);
    }
}
