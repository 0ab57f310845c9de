package io.ashlar.access.nbd;

/// The peer sent what no answer can put right: the connection has to be dropped.
final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    ProtocolViolation(String message) {
        super(
                message, null, false,
                false); // the trace would be of our own code, and the peer can cause any number of them
    }
}
