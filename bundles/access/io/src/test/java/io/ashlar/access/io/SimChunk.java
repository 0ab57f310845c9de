package io.ashlar.access.io;

import io.ashlar.base.kit.Simulation;

/// A chunk in a simulation: it can crash (what it has confirmed stays), hang, and come back.
final class SimChunk {
    final ModelChunk model;
    private final SimCluster cluster;
    private final Simulation world;
    private boolean down;
    private OwnerView.Presence seenAs = OwnerView.Presence.PRESENT;
    private int life;
    private long pausedUntil;

    SimChunk(int id, SimCluster cluster) {
        this.model = new ModelChunk(id);
        this.cluster = cluster;
        this.world = cluster.world;
    }

    OwnerView.Presence presence() {
        return down ? seenAs : OwnerView.Presence.PRESENT;
    }

    void crash(long millis) {
        if (!down) {
            var ways = OwnerView.Presence.values();
            crash(millis, ways[world.random().nextInt(ways.length)]);
        }
    }

    void crash(long millis, OwnerView.Presence seen) {
        down = true;
        life++;
        seenAs = seen;
        cluster.note(model.id() + " crashes for " + millis + " ms, seen as " + seenAs);
        int crashed = life;
        world.afterMillis(millis, () -> {
            if (life == crashed) {
                down = false;
                cluster.note(model.id() + " is back");
            }
        });
    }

    void pause(long millis) {
        cluster.note(model.id() + " hangs for " + millis + " ms");
        pausedUntil = world.nanos() + millis * 1_000_000;
    }

    void heal() {
        down = false;
        life++;
    }

    /// A request arrives.
    void take(Runnable request) {
        if (down) {
            return;
        }
        if (world.nanos() < pausedUntil) {
            int taken = life;
            world.after(pausedUntil - world.nanos(), () -> {
                if (life == taken) {
                    take(request);
                }
            });
            return;
        }
        request.run();
    }
}
