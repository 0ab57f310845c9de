package io.ashlar.extent.manager;

import io.ashlar.base.ProcessIdentity;
import io.ashlar.base.SessionId;

/// One row of the table of sessions: kept durably, so that a new leader knows whom to wait for (S8).
record SessionRow(SessionId id, String node, ProcessIdentity process) {}
