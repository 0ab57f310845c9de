package io.ashlar.launcher;

/// Maven coordinates of a bundle, written `group:name:version` or `group:name:type:classifier:version`.
///
/// @param classifier empty if there is none
record Artifact(String group, String name, String type, String classifier, String version) {

    static Artifact parse(String id) {
        String[] part = id.split(":", -1);
        for (String p : part) {
            if (p.isBlank()) {
                throw new LaunchException("'" + id + "' is not of the form group:name:version");
            }
        }
        return switch (part.length) {
            case 3 -> new Artifact(part[0], part[1], "jar", "", part[2]);
            case 4 -> new Artifact(part[0], part[1], part[2], "", part[3]);
            case 5 -> new Artifact(part[0], part[1], part[2], part[3], part[4]);
            default -> throw new LaunchException("'" + id + "' is not of the form group:name:version");
        };
    }

    String fileName() {
        return name + "-" + version + (classifier.isEmpty() ? "" : "-" + classifier) + "." + type;
    }

    /// Where a Maven repository keeps it.
    String repositoryPath() {
        return group.replace('.', '/') + "/" + name + "/" + version + "/" + fileName();
    }

    @Override
    public String toString() {
        return group + ":" + name + (classifier.isEmpty() ? "" : ":" + type + ":" + classifier) + ":" + version;
    }
}
