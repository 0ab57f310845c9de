/// The chunk manager's face: chunks, nodes, topology and space.
@Version("1.0.0")
package io.ashlar.chunk;

import org.osgi.annotation.versioning.Version;
