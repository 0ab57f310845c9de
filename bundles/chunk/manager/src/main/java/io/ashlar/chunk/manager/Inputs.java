package io.ashlar.chunk.manager;

import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;
import io.ashlar.base.Outcome.Refusal;
import io.ashlar.chunk.ChunkRegistration;
import io.ashlar.chunk.ChunkReport;
import io.ashlar.chunk.SpaceReport;
import io.ashlar.chunk.SpaceRequest;
import java.util.Optional;

/// Bounds of everything that comes from outside, checked before it touches any state: callers are other processes, some
/// day broken ones.
final class Inputs {
    static final int MAX_TEXT = 255;
    static final int MAX_PATH = 4096;
    static final int MAX_EXTENTS = 65_536;
    static final int MAX_WIDTH = 64;
    static final long MAX_BYTES = 1L << 60;

    private static final int MAX_PORT = 65_535;

    private Inputs() {}

    static Optional<Refusal> problem(ChunkRegistration from) {
        if (from.clusterUuid() == null || from.storeUuid() == null) {
            return invalid(
                    "a registration without cluster or store uuid",
                    "format the chunk's directory anew or repair its identity file");
        }
        var name = ObjectName.problem(from.nodeName());
        if (name.isPresent()) {
            return invalid("the chunk's node: " + name.get(), ObjectName.RULE);
        }
        if (bad(from.host(), MAX_TEXT) || from.host().isEmpty()) {
            return invalid("the chunk's host is not a host name", "set it to the address that other nodes reach it at");
        }
        if (bad(from.machineId(), MAX_TEXT) || bad(from.diskId(), MAX_TEXT) || bad(from.directory(), MAX_PATH)) {
            return invalid(
                    "machine, disk or directory of the chunk is missing or too long",
                    "give at most 255, 255 and 4096 characters");
        }
        if (from.port() < 0 || from.port() > MAX_PORT) {
            return invalid(
                    "the chunk's port " + from.port() + " is not a port",
                    "set it to 1 to 65535, or 0 for one without a listener");
        }
        return badBytes(from.capacityBytes())
                ? invalid(
                        "a capacity of " + from.capacityBytes() + " bytes",
                        "give the chunk a directory with space in it")
                : Optional.empty();
    }

    static Optional<Refusal> problem(ChunkReport report) {
        if (report.id() == null || report.trouble() == null) {
            return invalid("a heartbeat without chunk or state", "register the chunk again");
        }
        return badBytes(report.capacityBytes()) || badBytes(report.thinUsedBytes()) || report.segments() < 0
                ? invalid(
                        "a heartbeat of chunk " + report.id() + " with impossible figures",
                        "look into the log of the chunk")
                : Optional.empty();
    }

    static Optional<Refusal> problem(SpaceRequest request) {
        var name = ObjectName.problem(request.policy());
        if (name.isPresent()) {
            return invalid("the placement policy: " + name.get(), ObjectName.RULE);
        }
        if (request.extents().isEmpty() || request.extents().size() > MAX_EXTENTS) {
            return invalid(
                    "a request for " + request.extents().size() + " extents",
                    "ask for 1 to " + MAX_EXTENTS + " at a time");
        }
        for (var extent : request.extents()) {
            if (extent.minWidth() < 1 || extent.width() < extent.minWidth() || extent.width() > MAX_WIDTH) {
                return invalid(
                        "an extent of " + extent.minWidth() + " to " + extent.width() + " segments",
                        "ask for 1 to " + MAX_WIDTH);
            }
            if (badBytes(extent.segmentBytes()) || extent.segmentBytes() == 0) {
                return invalid("a segment of " + extent.segmentBytes() + " bytes", "ask for a size above 0");
            }
        }
        return Optional.empty();
    }

    /// A bad report is a bug of the extent manager, and no operator could mend it.
    static void require(SpaceReport report) {
        if (report.extentManager() < 0 || report.extentManager() > Short.MAX_VALUE || report.spaceVersion() < 0) {
            throw new IllegalArgumentException(
                    "space report of extent manager " + report.extentManager() + ", version " + report.spaceVersion());
        }
        report.held().forEach((chunk, held) -> {
            if (badBytes(held.thickBytes()) || badBytes(held.newThinBytes())) {
                throw new IllegalArgumentException("space report: " + held + " on chunk " + chunk);
            }
        });
    }

    /// @return a text from outside as it may be kept and shown
    static String shown(String text) {
        return ObjectName.printable(text);
    }

    private static boolean bad(String text, int max) {
        return text == null || text.length() > max;
    }

    private static boolean badBytes(long bytes) {
        return bytes < 0 || bytes > MAX_BYTES;
    }

    private static Optional<Refusal> invalid(String what, String remedy) {
        return Optional.of(new Refusal(Outcome.Kind.INVALID, what, remedy));
    }
}
