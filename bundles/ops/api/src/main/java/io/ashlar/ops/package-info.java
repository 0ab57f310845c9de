/// One model of the cluster for the command line, REST and the console.
@Version("1.0.0")
package io.ashlar.ops;

import org.osgi.annotation.versioning.Version;
