package io.ashlar.access.nbd;

import io.ashlar.access.IoFailure;
import io.ashlar.base.Outcome;

/// The one place where failures become numbers of the protocol.
final class ErrorTable {
    private ErrorTable() {}

    /// @param command decides what "past the end" is: no space for what would write, an invalid argument else
    static int errno(int command, IoFailure.Kind kind) {
        return switch (kind) {
            case INVALID -> Nbd.EINVAL;
            case OUT_OF_RANGE -> pastTheEnd(command);
            case NO_SPACE -> Nbd.ENOSPC;
            case READ_ONLY -> Nbd.EPERM;
            case SHUTTING_DOWN -> Nbd.ESHUTDOWN;
            case IO -> Nbd.EIO;
            default -> Nbd.EIO; // a kind that this version does not know
        };
    }

    static int pastTheEnd(int command) {
        return command == Nbd.CMD_WRITE || command == Nbd.CMD_WRITE_ZEROES ? Nbd.ENOSPC : Nbd.EINVAL;
    }

    /// @return the option reply for an export that cannot be opened
    static int optionError(Outcome.Kind kind) {
        return switch (kind) {
            case NOT_FOUND, INVALID -> Nbd.REP_ERR_UNKNOWN;
            case UNAVAILABLE -> Nbd.REP_ERR_SHUTDOWN; // clients take it as "come back later"
            default -> Nbd.REP_ERR_POLICY; // it exists, but not for this client; the message says why
        };
    }
}
