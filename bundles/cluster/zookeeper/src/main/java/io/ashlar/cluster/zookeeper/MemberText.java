package io.ashlar.cluster.zookeeper;

import io.ashlar.base.ProcessIdentity;
import io.ashlar.cluster.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A [Member] as text of lines `key=value`, as it lies in ZooKeeper. Keys that are not known are passed over, so that
/// later versions may add some.
final class MemberText {
    static final int MAX_BYTES = 4096;
    private static final int MAX_LINES = 64;
    private static final Pattern VALUE = Pattern.compile("[ -~]{0,512}");
    private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private static final String PROCESS_SPACE = "pidspace";

    private MemberText() {}

    static byte[] encode(Member member) {
        var text = new StringBuilder("format=1\n");
        var process = member.process();
        line(text, "name", member.name());
        line(text, "host", member.host());
        line(text, "roles", String.join(",", member.roles()));
        line(text, "machine", process.machineId());
        line(text, "boot", process.bootId());
        line(text, "pid", Long.toString(process.pid()));
        line(text, "start", Long.toString(process.startTicks()));
        line(text, PROCESS_SPACE, processSpaceHere());
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void line(StringBuilder text, String key, String value) {
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("the " + key + " of a member is at most 512 printable ASCII characters");
        }
        text.append(key).append('=').append(value).append('\n');
    }

    /// @return empty for what is not a member: whoever wrote it, it must not stop us
    static Optional<Member> decode(byte[] bytes) {
        if (bytes == null || bytes.length > MAX_BYTES) {
            return Optional.empty();
        }
        var lines = new String(bytes, StandardCharsets.US_ASCII).split("\n", MAX_LINES);
        var values = new HashMap<String, String>();
        for (var line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0 && VALUE.matcher(line.substring(equals + 1)).matches()) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return member(values);
    }

    /// @return true when the text describes a process of this machine that has provably ended. In another container,
    ///     where a number
    ///     means another process, nothing is proven
    static boolean provenGone(byte[] bytes) {
        return decode(bytes)
                        .map(Member::process)
                        .filter(ProcessIdentity::provenGone)
                        .isPresent()
                && ("\n" + new String(bytes, StandardCharsets.US_ASCII))
                        .contains("\n" + PROCESS_SPACE + "=" + processSpaceHere() + "\n");
    }

    private static String processSpaceHere() {
        var space = Path.of("/proc/self/ns/pid");
        try {
            return Files.readSymbolicLink(space).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + space, e);
        }
    }

    private static Optional<Member> member(Map<String, String> values) {
        if (!values.keySet().containsAll(List.of("name", "host", "roles", "machine", "boot", "pid", "start"))) {
            return Optional.empty();
        }
        try {
            var process = new ProcessIdentity(
                    values.get("machine"),
                    values.get("boot"),
                    Long.parseLong(values.get("pid")),
                    Long.parseLong(values.get("start")));
            return Optional.of(new Member(values.get("name"), process, values.get("host"), roles(values.get("roles"))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /// @param text names with commas between them
    /// @return sorted, without doubles
    static List<String> roles(String... text) {
        return List.of(text).stream()
                .flatMap(some -> List.of(some.split(",")).stream())
                .map(String::strip)
                .filter(role -> ROLE.matcher(role).matches())
                .sorted()
                .distinct()
                .toList();
    }
}
