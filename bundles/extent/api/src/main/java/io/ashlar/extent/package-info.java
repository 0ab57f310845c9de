/// The extent manager's face: logical and physical extents, sessions, leases, and changes of location.
@Version("1.0.0")
package io.ashlar.extent;

import org.osgi.annotation.versioning.Version;
