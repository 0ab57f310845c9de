package io.ashlar.ops.cli;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A JSON object that a cluster has sent, read field by field. What is missing reads as empty, 0 or false: the cluster
/// may be older or newer than this program.
record Tree(Map<?, ?> fields) {

    static Tree of(Object value) {
        return new Tree(value instanceof Map<?, ?> map ? map : Map.of());
    }

    String text(String name) {
        Object value = fields.get(name);
        return value == null ? "" : value.toString();
    }

    long number(String name) {
        return fields.get(name) instanceof Number number ? number.longValue() : 0;
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(fields.get(name));
    }

    Tree tree(String name) {
        return of(fields.get(name));
    }

    List<Tree> list(String name) {
        return items(name).stream().map(Tree::of).toList();
    }

    List<?> items(String name) {
        return fields.get(name) instanceof List<?> list ? list : List.of();
    }

    /// @return the items as texts with blanks between
    String joined(String name, String separator) {
        return items(name).stream().map(String::valueOf).collect(Collectors.joining(separator));
    }

    /// @return the ids of chunks as `c1 c2`
    String chunks(String name) {
        return items(name).stream().map(id -> "c" + id).collect(Collectors.joining(" "));
    }

    String size(String name) {
        return Sizes.show(number(name));
    }
}
