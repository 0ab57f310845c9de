/// The chunk: stores segments with their generations and fences, and proves what it stored.
@Version("1.0.0")
package io.ashlar.store;

import org.osgi.annotation.versioning.Version;
