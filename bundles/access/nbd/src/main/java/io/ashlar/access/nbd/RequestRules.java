package io.ashlar.access.nbd;

import io.ashlar.base.Units;
import java.util.Optional;

/// Says no to requests before anything is allocated for them.
final class RequestRules {
    /// @param errno of the protocol
    record No(int errno, String message) {}

    private static final int ANY_COMMAND = Nbd.CMD_FLAG_FUA;

    private RequestRules() {}

    /// @param sizeBytes of the volume now
    static Optional<No> check(Request request, long sizeBytes, Negotiated negotiated) {
        int allowed = allowedFlags(request.type(), negotiated);
        if (allowed < 0) {
            return no(Nbd.EINVAL, Nbd.command(request.type()) + " is not supported");
        }
        if ((request.flags() & ~allowed) != 0) {
            return no(
                    Nbd.EINVAL,
                    Nbd.command(request.type()) + " does not take the flags 0x" + Integer.toHexString(request.flags()));
        }
        if (request.type() == Nbd.CMD_FLUSH) {
            return request.offset() == 0 && request.length() == 0
                    ? Optional.empty()
                    : no(Nbd.EINVAL, "a flush has offset and length 0");
        }
        return range(request, sizeBytes);
    }

    private static Optional<No> range(Request request, long sizeBytes) {
        if (request.length() == 0) {
            return no(Nbd.EINVAL, "a length of 0");
        }
        if (hasPayload(request.type()) && request.length() > Units.MAX_IO_BYTES) {
            return no(Nbd.EINVAL, request + " is too long: at most " + Units.MAX_IO_BYTES + " bytes");
        }
        if (request.offset() < 0 || request.length() > sizeBytes - request.offset()) {
            return no(
                    ErrorTable.pastTheEnd(request.type()), request + " is past the end of the volume at " + sizeBytes);
        }
        if (request.has(Nbd.CMD_FLAG_FAST_ZERO) && !isFast(request, sizeBytes)) {
            return no(
                    Nbd.ENOTSUP,
                    request + " is no faster than a write: only whole blocks of " + Units.BLOCK_BYTES + " bytes are");
        }
        return Optional.empty();
    }

    /// Whole blocks become holes by a change of metadata; a part of a block, and space that must stay allocated, are
    /// written.
    private static boolean isFast(Request request, long sizeBytes) {
        long end = request.offset() + request.length();
        return !request.has(Nbd.CMD_FLAG_NO_HOLE)
                && request.offset() % Units.BLOCK_BYTES == 0
                && (end % Units.BLOCK_BYTES == 0 || end == sizeBytes);
    }

    private static boolean hasPayload(int type) {
        return type == Nbd.CMD_READ || type == Nbd.CMD_WRITE;
    }

    /// @return -1 for a command that is unknown or was not negotiated
    private static int allowedFlags(int type, Negotiated negotiated) {
        return switch (type) {
            case Nbd.CMD_READ -> negotiated.structured() ? ANY_COMMAND | Nbd.CMD_FLAG_DF : ANY_COMMAND;
            case Nbd.CMD_WRITE, Nbd.CMD_FLUSH, Nbd.CMD_TRIM -> ANY_COMMAND;
            case Nbd.CMD_WRITE_ZEROES -> ANY_COMMAND | Nbd.CMD_FLAG_NO_HOLE | Nbd.CMD_FLAG_FAST_ZERO;
            case Nbd.CMD_BLOCK_STATUS -> negotiated.allocationStatus() ? ANY_COMMAND | Nbd.CMD_FLAG_REQ_ONE : -1;
            default -> -1;
        };
    }

    private static Optional<No> no(int errno, String message) {
        return Optional.of(new No(errno, message));
    }
}
