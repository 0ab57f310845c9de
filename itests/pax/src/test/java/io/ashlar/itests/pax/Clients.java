package io.ashlar.itests.pax;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Several NBD clients at work on one volume, each on extents of its own, so that something is in flight at any time.
final class Clients implements AutoCloseable {

    private static final int CLIENTS = 4;
    private static final int EXTENTS = 2;

    private final List<Load> loads = new ArrayList<>();

    /// Returns when every extent has been written once, and so is leased.
    Clients(String volume) throws IOException {
        String name = Volumes.create(volume, CLIENTS * EXTENTS, "even");
        for (int i = 0; i < CLIENTS; i++) {
            loads.add(new Load(new NbdDisk(name), i * EXTENTS, EXTENTS));
        }
        loads.forEach(Load::awaitAllTouched);
    }

    /// Waits until every client has done so many more writes.
    void awaitProgress(int writes) {
        loads.forEach(load -> load.awaitProgress(writes));
    }

    long worstMillis() {
        return loads.stream().mapToLong(Load::worstMillis).max().orElseThrow();
    }

    @Override
    public void close() throws IOException {
        for (var load : loads) {
            load.close();
        }
    }
}
