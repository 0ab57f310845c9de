package io.ashlar.chunk.manager;

/// A node as the tables keep it.
///
/// @param topoId of its object in the topology
/// @param registeredName the name that its chunks call it by; it stays when the operator renames the object
record NodeRecord(long topoId, String registeredName) {}
