package io.ashlar.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Names one run of one process so exactly that another process of the same machine can prove it gone: a lease whose
/// owner is proven dead need not be waited out.
///
/// @param machineId stays over restarts of the machine (`/etc/machine-id`)
/// @param bootId changes at every boot of the operating system
/// @param pid the operating system's number
/// @param startTicks start time as in `/proc/PID/stat`, since a pid is reused
public record ProcessIdentity(String machineId, String bootId, long pid, long startTicks) {
    private static final int START_TICKS_FIELD_AFTER_NAME = 19;

    public static ProcessIdentity self() {
        long pid = ProcessHandle.current().pid();
        return new ProcessIdentity(machineIdHere(), bootIdHere(), pid, startTicksOf(pid));
    }

    /// Another boot is no proof: cloned machines share the machine's id, and the other one may be alive.
    ///
    /// @return true only where this machine can prove that the process has ended; false when in doubt, or for another
    ///     machine
    public boolean provenGone() {
        return machineId.equals(machineIdHere()) && bootId.equals(bootIdHere()) && startTicksOf(pid) != startTicks;
    }

    private static String machineIdHere() {
        var id = Path.of("/etc/machine-id");
        return Files.isReadable(id) ? read(id) : "machine-of-boot-" + bootIdHere();
    }

    private static String bootIdHere() {
        return read(Path.of("/proc/sys/kernel/random/boot_id"));
    }

    /// -1 when there is no such process, which equals no start time.
    private static long startTicksOf(long pid) {
        var stat = Path.of("/proc/" + pid + "/stat");
        if (!Files.exists(stat)) {
            return -1;
        }
        String text;
        try {
            text = Files.readString(stat);
        } catch (IOException e) {
            return Files.exists(stat) ? unreadable(stat, e) : -1;
        }
        // the process name is in parentheses and may itself hold spaces and parentheses
        var fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[START_TICKS_FIELD_AFTER_NAME]);
    }

    private static long unreadable(Path path, IOException e) {
        throw new UncheckedIOException("cannot read " + path, e);
    }

    private static String read(Path path) {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
