/// The vocabulary of every part: typed ids, units, errors, results, buffers and the clock.
@Version("1.0.0")
package io.ashlar.base;

import org.osgi.annotation.versioning.Version;
