package io.ashlar.alloc.kit;

/// One broken promise.
///
/// @param rule the promise, in a few words
/// @param detail what happened, with the question that it happened to
/// @param seed makes the same question again
public record Violation(String rule, String detail, long seed) {}
