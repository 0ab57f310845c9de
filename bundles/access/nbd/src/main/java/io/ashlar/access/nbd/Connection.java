package io.ashlar.access.nbd;

/// What belongs to one connection through its whole life.
///
/// @param client the address of the peer, for messages
record Connection(
        String client,
        Limits limits,
        Budget budget,
        Volumes volumes,
        QuietLog log,
        WriteIntake intake,
        ReadBuffers readBuffers) {
    static Connection of(String client, Limits limits, Budget budget, Volumes volumes, QuietLog log) {
        var intake = new WriteIntake();
        return new Connection(client, limits, budget, volumes, log, intake, new ReadBuffers(intake));
    }
}
