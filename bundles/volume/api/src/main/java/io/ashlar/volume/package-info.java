/// Pools and volumes: what users see.
@Version("1.0.0")
package io.ashlar.volume;

import org.osgi.annotation.versioning.Version;
