package io.ashlar.access;

import io.ashlar.base.Outcome;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/// Opens volumes for frontends.
///
/// **Thread:** any but an event loop: the calls ask a manager and may block for up to 10 seconds.
@ProviderType
public interface VolumeAccess {
    /// @param volume `pool/volume`
    /// @param client who asks, for the log and for "in use by"; printable
    Outcome<VolumeHandle> open(String volume, String client);

    /// @return the names (`pool/volume`) that may be opened, sorted
    Outcome<List<String>> list();

    /// Stops the writes of one extent for the time of the comparison, reads every listed segment whole, and compares.
    ///
    /// @param volume `pool/volume`
    /// @return one report for each allocated extent, in the order of the volume
    Outcome<List<ExtentReport>> verify(String volume);
}
