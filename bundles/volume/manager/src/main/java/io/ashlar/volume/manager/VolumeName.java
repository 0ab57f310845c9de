package io.ashlar.volume.manager;

import io.ashlar.base.ObjectName;
import io.ashlar.base.Outcome;

/// `pool/volume`, taken apart and found good.
record VolumeName(String pool, String volume) {
    static Outcome<VolumeName> parse(String name) {
        if (name == null || name.isEmpty()) {
            return invalid("the name of the volume is empty");
        }
        int slash = name.indexOf('/');
        if (slash < 0) {
            return invalid("the name '" + ObjectName.printable(name) + "' has no pool");
        }
        if (name.indexOf('/', slash + 1) >= 0) {
            return invalid("the name '" + ObjectName.printable(name) + "' has more than one '/'");
        }
        var pool = name.substring(0, slash);
        var volume = name.substring(slash + 1);
        var problem = ObjectName.problem(pool).map(text -> "pool: " + text);
        if (problem.isEmpty()) {
            problem = ObjectName.problem(volume).map(text -> "volume: " + text);
        }
        return problem.<Outcome<VolumeName>>map(VolumeName::invalid)
                .orElseGet(() -> Outcome.ok(new VolumeName(pool, volume)));
    }

    private static Outcome<VolumeName> invalid(String what) {
        return Outcome.refused(
                Outcome.Kind.INVALID, what, "name it POOL/VOLUME; for each of the two " + ObjectName.RULE);
    }

    @Override
    public String toString() {
        return pool + "/" + volume;
    }
}
