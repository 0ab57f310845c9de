package io.ashlar.ops.cli;

/// Exit statuses; part of the interface for scripts.
final class Exit {

    static final int OK = 0;

    /// The cluster refused, or what was checked is not as it should be.
    static final int REFUSED = 1;

    /// The command line is wrong.
    static final int USAGE = 2;

    /// No cluster is running there, or it cannot answer now.
    static final int UNAVAILABLE = 3;

    private Exit() {}
}
