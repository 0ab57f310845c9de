/// The metadata's tables and the one way to change them: batches that happen whole or not at all.
@Version("1.0.0")
package io.ashlar.meta;

import org.osgi.annotation.versioning.Version;
