package io.ashlar.chunk.manager;

/// A decided change: the tables as they will be, and what the caller is told once they are.
record Step<T>(Tables next, T answer) {}
