package io.ashlar.store.local;

import io.ashlar.base.Pid;
import io.ashlar.base.Units;
import java.util.Locale;
import java.util.OptionalLong;

/// Where things are in a segment's file, and what the file is called.
final class SegmentLayout {
    static final String DIRECTORY = "extents";
    static final int DIRECTORIES = 256;
    static final int HEADER_BYTES = 4096;
    static final int HEADER_SLOTS = 2;
    static final long CHECKSUMS_OFFSET = (long) HEADER_BYTES * HEADER_SLOTS;
    static final int SECTORS = Units.EXTENT_BYTES / Units.SECTOR_BYTES;
    static final long DATA_OFFSET = CHECKSUMS_OFFSET + (long) SECTORS * Integer.BYTES;
    static final long FILE_BYTES = DATA_OFFSET + Units.EXTENT_BYTES;

    private static final String SUFFIX = ".seg";

    private SegmentLayout() {}

    /// @param number 0..255
    static String directory(int number) {
        return DIRECTORY + "/" + String.format(Locale.ROOT, "%02x", number);
    }

    static String directoryOf(Pid pid) {
        return directory((int) (pid.value() % DIRECTORIES));
    }

    static String fileOf(Pid pid) {
        return directoryOf(pid) + "/" + String.format(Locale.ROOT, "%016x", pid.value()) + SUFFIX;
    }

    /// @return whether this name, found among the segments' directories, is one of them
    static boolean isDirectory(String name) {
        return name.matches("[0-9a-f]{2}");
    }

    /// @return the pid that a file name (without its directory) stands for, or empty when it is no segment's
    static OptionalLong pidOf(String name) {
        if (!name.matches("[0-7][0-9a-f]{15}\\.seg")) {
            return OptionalLong.empty();
        }
        long pid = Long.parseLong(name.substring(0, name.length() - SUFFIX.length()), 16);
        return pid == 0 ? OptionalLong.empty() : OptionalLong.of(pid);
    }

    static long checksumPosition(int offset) {
        return CHECKSUMS_OFFSET + (long) (offset / Units.SECTOR_BYTES) * Integer.BYTES;
    }

    static long dataPosition(int offset) {
        return DATA_OFFSET + offset;
    }
}
