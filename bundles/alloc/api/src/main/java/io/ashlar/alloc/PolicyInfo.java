package io.ashlar.alloc;

/// One instance of a policy in a registry.
///
/// @param spi `placement` or `provision`
/// @param serving whether it answers for its name now (the newest eligible version does)
/// @param quarantined why it is no longer asked; empty while it is fit
public record PolicyInfo(
        String spi, String name, String version, boolean serving, String quarantined, long decisions, long failures) {}
