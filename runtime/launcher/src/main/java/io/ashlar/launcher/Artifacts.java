package io.ashlar.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Finds the jars of a feature: our own bundles in the build tree, all others in directories.
///
/// @param home         the checkout; `io.ashlar.alloc.even` lies in `bundles/alloc/even/target`
/// @param repositories directories with jars, flat or in Maven's layout, asked in order
record Artifacts(Path home, List<Path> repositories) {

    private static final String OURS = "io.ashlar";

    Artifacts {
        repositories = List.copyOf(repositories);
    }

    /// True for what the build writes: such a jar may be replaced while the cluster runs, so it must be copied.
    static boolean isBuiltHere(Artifact artifact) {
        return artifact.group().equals(OURS);
    }

    /// @throws LaunchException naming the missing artifact, where it was sought, and what to run
    Path find(Artifact artifact) {
        var places = isBuiltHere(artifact)
                ? List.of(inBuildTree(artifact))
                : repositories.stream()
                        .flatMap(r -> Stream.of(r.resolve(artifact.fileName()), r.resolve(artifact.repositoryPath())))
                        .toList();
        return places.stream()
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new LaunchException("bundle " + artifact + " is missing: not found at "
                        + String.join(
                                " or ", places.stream().map(Path::toString).toList())
                        + ". Build it with: runtime/ashlar build"));
    }

    private Path inBuildTree(Artifact artifact) {
        String path = artifact.name().startsWith(OURS + ".")
                ? artifact.name().substring(OURS.length() + 1).replace('.', '/')
                : artifact.name();
        return home.resolve("bundles").resolve(path).resolve("target").resolve(artifact.fileName());
    }
}
