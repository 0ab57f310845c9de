package io.ashlar.access.io;

import io.ashlar.base.Outcome;
import io.ashlar.base.SessionId;
import io.ashlar.volume.VolumeMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The volumes that clients have open here. The volume manager is told of each under the present session, again and
/// again until it knows, since it refuses to delete or shrink what it knows to be open.
///
/// **Thread:** any; nothing blocks.
final class OpenVolumes {
    private static final Logger LOG = LoggerFactory.getLogger(OpenVolumes.class);

    private final Managers managers;
    private final Supplier<SessionId> session;
    private final Map<Long, OpenVolume> volumes = new HashMap<>();
    private final List<Opening> openings = new ArrayList<>();

    /// @param session the present one, null while there is none
    OpenVolumes(Managers managers, Supplier<SessionId> session) {
        this.managers = managers;
        this.session = session;
    }

    /// @param knownUnder the session under which the volume manager was told already
    synchronized Opening add(VolumeMap map, String client, SessionId knownUnder) {
        var volume = volumes.computeIfAbsent(map.volumeId(), id -> new OpenVolume(map));
        volume.learn(map);
        var opening = new Opening(volume, client, knownUnder);
        openings.add(opening);
        return opening;
    }

    void close(Opening opening) {
        SessionId known;
        synchronized (this) {
            opening.closed = true;
            openings.remove(opening);
            boolean used = openings.stream().anyMatch(other -> other.volume == opening.volume);
            if (!used) {
                opening.volume.unused();
                volumes.remove(opening.volume.map().volumeId(), opening.volume);
            }
            known = opening.asking ? null : opening.knownUnder; // while it is asked for, the answer ends it
        }
        if (known != null) {
            tellClosed(opening, known);
        }
    }

    /// Tells the volume manager what it does not know yet.
    ///
    /// @return whether nothing was left to tell
    boolean announce() {
        SessionId present = session.get();
        var untold = new ArrayList<Opening>();
        boolean settled = true;
        synchronized (this) {
            for (Opening opening : openings) {
                boolean known = present != null && present.equals(opening.knownUnder);
                settled &= known;
                if (!known && !opening.asking && present != null) {
                    opening.asking = true;
                    untold.add(opening);
                }
            }
        }
        untold.forEach(opening -> tell(opening, present));
        return settled;
    }

    private void tell(Opening opening, SessionId present) {
        var map = opening.volume.map();
        boolean again = opening.inDoubt;
        managers.ask(
                () -> {
                    if (again) { // else it might be counted twice, and stay open for ever
                        managers.volumes().close(map.volumeId(), present, opening.client);
                    }
                    return managers.volumes().open(map.name(), present, opening.client);
                },
                outcome -> told(opening, present, outcome),
                why -> {
                    LOG.debug("{} is not known to be open by {} yet: {}", map.name(), opening.client, why);
                    synchronized (this) {
                        opening.asking = false;
                        opening.inDoubt = true;
                    }
                });
    }

    private void told(Opening opening, SessionId present, Outcome<VolumeMap> outcome) {
        boolean over;
        synchronized (this) {
            opening.asking = false;
            opening.inDoubt = false;
            switch (outcome) {
                case Outcome.Ok<VolumeMap>(var map) -> opening.knownUnder = present;
                case Outcome.Refused<VolumeMap>(var refusal) -> {
                    if (refusal.kind() != Outcome.Kind.UNAVAILABLE) {
                        LOG.warn(
                                "{} is open here, but: {}", opening.volume.map().name(), refusal.what());
                        opening.knownUnder = present; // asking again would not change it
                    }
                }
            }
            over = opening.closed && opening.knownUnder != null;
        }
        if (over) {
            tellClosed(opening, present);
        }
    }

    private void tellClosed(Opening opening, SessionId known) {
        var map = opening.volume.map();
        managers.ask(
                () -> {
                    managers.volumes().close(map.volumeId(), known, opening.client);
                    return true;
                },
                done -> {},
                why -> LOG.warn("{} was not closed with the volume manager: {}", map.name(), why));
    }
}
