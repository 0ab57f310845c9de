package io.ashlar.store.local;

/// The bounds of one chunk's engine. All sizes are bytes.
///
/// @param journalFiles how many files the journal's ring has; at least 2. Holds for a new chunk, an old one keeps its
///     own
/// @param journalFileBytes length of each; a single write must fit into one, so 40 MiB at least outside tests
/// @param capacityBytes what segments may take; 0: what the file system has
/// @param capacityPercent what part of the file system's free space counts as the chunk's when `capacityBytes` is 0;
///     1-100
/// @param reserveBytes kept free in the file system
/// @param queueRequests writes, fences and stamps waiting for the log; more are answered as busy
/// @param queueBytes payload waiting for the log
/// @param readQueueRequests reads waiting for a thread
/// @param readThreads threads that read
/// @param openFiles segments' files kept open
/// @param checkpointMillis longest time that a change waits for its checkpoint
/// @param directWriteBytes writes of unallocated whole blocks from this size on go past the journal (S11)
record Settings(
        int journalFiles,
        long journalFileBytes,
        long capacityBytes,
        int capacityPercent,
        long reserveBytes,
        int queueRequests,
        long queueBytes,
        int readQueueRequests,
        int readThreads,
        int openFiles,
        long checkpointMillis,
        int directWriteBytes) {
    static final int MIN_JOURNAL_FILES = 2;

    Settings {
        if (journalFiles < MIN_JOURNAL_FILES
                || journalFileBytes % FrameHeader.PAGE_BYTES != 0
                || journalFileBytes <= 0) {
            throw new IllegalArgumentException(
                    "journal of " + journalFiles + " files of " + journalFileBytes + " bytes");
        }
        if (capacityPercent < 1 || capacityPercent > 100) {
            throw new IllegalArgumentException("capacityPercent is " + capacityPercent + ", it is from 1 to 100");
        }
    }

    static Settings standard() {
        return new Settings(4, 64L << 20, 0, 100, 256L << 20, 4096, 64L << 20, 4096, 2, 512, 15_000, 1024 * 1024);
    }

    Settings withJournal(int files, long bytes) {
        return new Settings(
                files,
                bytes,
                capacityBytes,
                capacityPercent,
                reserveBytes,
                queueRequests,
                queueBytes,
                readQueueRequests,
                readThreads,
                openFiles,
                checkpointMillis,
                directWriteBytes);
    }

    Settings withSpace(long capacity, int percent, long reserve) {
        return new Settings(
                journalFiles,
                journalFileBytes,
                capacity,
                percent,
                reserve,
                queueRequests,
                queueBytes,
                readQueueRequests,
                readThreads,
                openFiles,
                checkpointMillis,
                directWriteBytes);
    }

    Settings withQueue(int requests, long bytes) {
        return new Settings(
                journalFiles,
                journalFileBytes,
                capacityBytes,
                capacityPercent,
                reserveBytes,
                requests,
                bytes,
                readQueueRequests,
                readThreads,
                openFiles,
                checkpointMillis,
                directWriteBytes);
    }

    Settings withDirectWriteBytes(int bytes) {
        return new Settings(
                journalFiles,
                journalFileBytes,
                capacityBytes,
                capacityPercent,
                reserveBytes,
                queueRequests,
                queueBytes,
                readQueueRequests,
                readThreads,
                openFiles,
                checkpointMillis,
                bytes);
    }

    Settings withCheckpointMillis(long millis) {
        return new Settings(
                journalFiles,
                journalFileBytes,
                capacityBytes,
                capacityPercent,
                reserveBytes,
                queueRequests,
                queueBytes,
                readQueueRequests,
                readThreads,
                openFiles,
                millis,
                directWriteBytes);
    }
}
